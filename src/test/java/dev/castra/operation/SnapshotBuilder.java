package dev.castra.operation;

import dev.castra.process.ProcessIdentity;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.store.VmSnapshot;
import dev.castra.vm.BootId;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the database would say about one VM; times are seconds before {@link #NOW}. */
final class SnapshotBuilder {
  static final Instant NOW = Instant.parse("2026-07-30T12:00:00Z");
  static final Sha256 IMAGE = new Sha256("1f".repeat(32));
  static final Sha256 ARTIFACT = new Sha256("2e".repeat(32));

  private final String name;
  private Optional<VmSnapshot.Boot> boot = Optional.empty();
  private Optional<VmSnapshot.CurrentRun> currentRun = Optional.empty();
  private Optional<VmSnapshot.LastRun> lastRun = Optional.empty();
  private Optional<VmSnapshot.Stamp> stamp = Optional.empty();
  private boolean stopRequested;
  private boolean ended;
  private Optional<Instant> shakenAt = Optional.empty();

  private SnapshotBuilder(String name) {
    this.name = name;
  }

  static SnapshotBuilder vm(String name) {
    return new SnapshotBuilder(name);
  }

  static Instant ago(long seconds) {
    return NOW.minusSeconds(seconds);
  }

  SnapshotBuilder stopRequested() {
    stopRequested = true;
    return this;
  }

  SnapshotBuilder ended() {
    ended = true;
    return this;
  }

  SnapshotBuilder shaken(long secondsAgo) {
    shakenAt = Optional.of(ago(secondsAgo));
    return this;
  }

  /** Call after {@link #shaken} and the like. */
  SnapshotBuilder boot(BootId id, Optional<ProcessIdentity> process) {
    boot =
        Optional.of(
            new VmSnapshot.Boot(
                id,
                "/shop/.castra/vms/" + name + "/boots/" + id,
                process,
                ago(100),
                stopRequested,
                ended,
                shakenAt));
    return this;
  }

  SnapshotBuilder boot(MarkedProcess process) {
    return boot(process.boot, Optional.of(process.identity));
  }

  SnapshotBuilder doing(String step, Optional<ProcessIdentity> doer) {
    currentRun =
        Optional.of(
            new VmSnapshot.CurrentRun(
                new RunId(8), Optional.of(step), Optional.of(ago(5)), ago(60), doer));
    return this;
  }

  SnapshotBuilder begun(Optional<ProcessIdentity> doer) {
    currentRun =
        Optional.of(
            new VmSnapshot.CurrentRun(
                new RunId(8), Optional.empty(), Optional.empty(), ago(60), doer));
    return this;
  }

  SnapshotBuilder lastRun(RunStatus status, Optional<BootId> in) {
    lastRun = Optional.of(new VmSnapshot.LastRun(new RunId(7), status, 6_800, ago(30), in));
    return this;
  }

  SnapshotBuilder stamped() {
    stamp = Optional.of(new VmSnapshot.Stamp(IMAGE, ARTIFACT));
    return this;
  }

  VmSnapshot build() {
    return new VmSnapshot(
        new VmName(name),
        new VmName("role"),
        2,
        512,
        boot,
        currentRun,
        lastRun,
        stamp,
        List.of(new ForwardedPort("127.0.0.1", 40_701, 22, ForwardedPort.Protocol.TCP)),
        Optional.empty());
  }
}
