package dev.castra.store;

import dev.castra.process.ProcessIdentity;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.vm.BootId;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the database says about one VM; whether its processes live is for the reader to find out.
 */
public record VmSnapshot(
    VmName vm,
    VmName role,
    int cpus,
    int memoryMib,
    Optional<Boot> boot,
    Optional<CurrentRun> currentRun,
    Optional<LastRun> lastRun,
    Optional<Stamp> stamp,
    List<ForwardedPort> ports,
    Optional<Contact> contact) {
  /**
   * A machine that is not Castra's.
   *
   * @param address for people
   * @param at newest successful handshake
   * @param ok whether the newest try succeeded
   */
  public record Contact(String address, Optional<Instant> at, boolean ok) {}

  /**
   * @param process empty while the start is not recorded
   */
  public record Boot(
      BootId id,
      String directory,
      Optional<ProcessIdentity> process,
      Instant startedAt,
      boolean stopRequested,
      boolean ended,
      Optional<Instant> shakenAt) {}

  /**
   * @param doer the process that carries the run out; empty if nobody claims the VM
   */
  public record CurrentRun(
      RunId run,
      Optional<String> step,
      Optional<Instant> stepStartedAt,
      Instant startedAt,
      Optional<ProcessIdentity> doer) {}

  public record LastRun(
      RunId run, RunStatus status, long durationMs, Instant endedAt, Optional<BootId> boot) {}

  public record Stamp(Sha256 baseImageHash, Sha256 artifactHash) {}
}
