package dev.castra.operation;

import dev.castra.project.Project;
import dev.castra.run.RunId;
import dev.castra.store.DiskRecord;
import dev.castra.store.StampReader;
import dev.castra.store.StampRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lists every stamp of the project with what it is worth now. Takes no claim, changes nothing. */
public final class Stamps {
  private final Project project;
  private final Host host;

  public Stamps(Project project, Host host) {
    this.project = project;
    this.host = host;
  }

  /**
   * @throws dev.castra.error.CastraException if the database cannot be read
   */
  public StampsReport list() {
    Instant now = host.clock().instant();
    List<StampsReport.Stamp> stamps =
        new StampReader(project.stateRoot(), host.ticker())
            .stamps().stream().sorted(inFileOrder()).map(stamp -> report(stamp, now)).toList();
    return new StampsReport(project.name(), project.stateRoot().path(), stamps);
  }

  private Comparator<StampRecord> inFileOrder() {
    Map<String, Integer> positions = new HashMap<>();
    project.vms().forEach(vm -> positions.put(vm.name().value(), vm.position()));
    return Comparator.<StampRecord>comparingInt(
            stamp -> positions.getOrDefault(stamp.vm().value(), Integer.MAX_VALUE))
        .thenComparing(StampRecord::vm)
        .thenComparing(StampRecord::run, Comparator.reverseOrder());
  }

  private static StampsReport.Stamp report(StampRecord stamp, Instant now) {
    return new StampsReport.Stamp(
        stamp.vm(),
        StampState.of(stamp),
        stamp.run(),
        stamp.stampedAt(),
        age(now, stamp.stampedAt()),
        stamp.baseImageHash(),
        stamp.artifactHash(),
        stamp.disk().id(),
        diskState(stamp.disk()),
        supersededBy(stamp),
        stamp
            .withdrawal()
            .map(
                withdrawal ->
                    new StampsReport.Withdrawal(
                        withdrawal.at(), age(now, withdrawal.at()), withdrawal.run())));
  }

  private static String diskState(StampRecord.Disk disk) {
    if (disk.isPresent()) {
      return DiskRecord.isThere(disk.path()) ? "present" : "missing";
    }
    if (DiskRecord.isMachine(disk.path())) {
      return "replaced";
    }
    return disk.isRemoved() ? "removed" : "retired";
  }

  private static Optional<RunId> supersededBy(StampRecord stamp) {
    return stamp.disk().lastSuccess().filter(newest -> !newest.equals(stamp.run()));
  }

  private static long age(Instant now, Instant then) {
    return Math.max(0, Duration.between(then, now).toMillis());
  }
}
