package dev.castra.vm;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A machine that exists already and is reached over SSH.
 *
 * @param host address or name
 * @param port 1 to 65535
 * @param user account on the machine
 * @param identityFile absolute path of an unencrypted private key
 * @param hostKey the machine's public key line; absent if it is pinned on first contact
 */
public record SshTarget(
    String host, int port, String user, Path identityFile, Optional<String> hostKey) {
  /** Such as {@code deploy@build.example:22}, for people. */
  public String address() {
    return user + "@" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
