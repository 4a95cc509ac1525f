package dev.castra.bootstrap;

import dev.castra.guest.HandshakeResult;
import dev.castra.run.RunId;
import dev.castra.vm.VmName;
import java.io.OutputStream;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Everything a run works with; immutable.
 *
 * @param attemptKey names the run's folder in the guest
 * @param resumable an earlier attempt with the same artifact in this boot, whose doer died; its
 *     script is not started a second time if it still runs or has succeeded
 * @param output receives what the guest prints
 * @param onHandshake told of the guest's answer before anything else happens
 */
public record RunContext(
    VmName vm,
    RunId run,
    UUID attemptKey,
    Optional<UUID> resumable,
    Artifact artifact,
    OutputStream output,
    Consumer<HandshakeResult.Shaken> onHandshake) {}
