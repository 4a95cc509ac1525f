package dev.castra.bootstrap;

import dev.castra.vm.BootstrapSpec;
import dev.castra.vm.Sha256;
import java.nio.file.Path;
import java.util.List;

/**
 * A bootstrap artifact as it was hashed: script, payload tree, env, verify command and path, remote
 * dir.
 *
 * @param hash SHA-256 over a length-prefixed encoding of all of it
 * @param manifest the parts with a hash each
 * @param payload entries to send, sorted by name
 * @param payloadBytes sum of the file sizes
 */
public record Artifact(
    Sha256 hash,
    Manifest manifest,
    BootstrapSpec spec,
    Path script,
    List<PayloadEntry> payload,
    long payloadBytes) {
  public Artifact {
    payload = List.copyOf(payload);
  }
}
