package dev.castra.bootstrap;

import dev.castra.guest.HandshakeResult;
import dev.castra.run.RunId;
import dev.castra.run.Trigger;
import dev.castra.vm.DiskId;
import dev.castra.vm.VmName;
import java.io.OutputStream;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Everything a run works with; immutable.
 *
 * @param disk with the VM, tells this guest's run folders from those of another project on it
 * @param trigger {@code ALWAYS} asks for a full run, for which no script that has ended will do
 * @param attemptKey names the run's folder in the guest
 * @param resumable earlier attempts with the same artifact in this boot, whose doers died, newest
 *     first; a script of theirs that still runs or has succeeded is not started a second time
 * @param output receives what the guest prints
 * @param onHandshake told of the guest's answer before anything else happens
 */
public record RunContext(
    VmName vm,
    RunId run,
    DiskId disk,
    Trigger trigger,
    UUID attemptKey,
    List<UUID> resumable,
    Artifact artifact,
    OutputStream output,
    Consumer<HandshakeResult.Shaken> onHandshake) {
  public RunContext {
    resumable = List.copyOf(resumable);
  }
}
