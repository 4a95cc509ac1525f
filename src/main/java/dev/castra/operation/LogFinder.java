package dev.castra.operation;

import dev.castra.project.Project;
import dev.castra.qemu.BootFolder;
import dev.castra.run.RunStatus;
import dev.castra.store.BootReader;
import dev.castra.store.HistoryReader;
import dev.castra.store.RecordedRun;
import dev.castra.store.VmSnapshot;
import dev.castra.vm.VmName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Knows where the logs of runs and boots are, and whether they still grow. */
final class LogFinder {
  private final Project project;
  private final HistoryReader history;
  private final BootReader boots;

  LogFinder(Project project, Host host) {
    this.project = project;
    this.history = new HistoryReader(project.stateRoot(), host.ticker());
    this.boots = new BootReader(project.stateRoot(), host.ticker());
  }

  /**
   * A log that there is, or was.
   *
   * @param what for people, such as {@code run 12 of VM web}
   * @param file under the name that it has at this moment
   * @param goesOn whether more may come; asks the database
   * @param leftBehind whether the run has no end and nobody carries it out any more
   */
  record Found(
      VmName vm,
      String what,
      Supplier<Optional<Path>> file,
      BooleanSupplier goesOn,
      BooleanSupplier leftBehind) {}

  Found ofRun(RecordedRun run) {
    return new Found(
        run.vm(),
        "run " + run.id() + " of VM " + run.vm(),
        () -> ShowRun.output(project.stateRoot(), run),
        () -> now(run).filter(row -> row.status() == RunStatus.RUNNING).isPresent(),
        () -> now(run).filter(row -> row.endedAt().isEmpty()).isPresent());
  }

  /** Empty if it was forgotten meanwhile, which no run is before its end. */
  private Optional<RecordedRun> now(RecordedRun run) {
    return history.row(run.id());
  }

  /** A log of the boot that the run worked in. */
  Optional<Found> ofBoot(RecordedRun run, Logs.Kind kind) {
    return boots.of(run.id()).map(boot -> found(run.vm(), boot, kind));
  }

  /** A log of the VM's newest boot. */
  Optional<Found> ofBoot(VmName vm, Logs.Kind kind) {
    return boots.newest(vm).map(boot -> found(vm, boot, kind));
  }

  private Found found(VmName vm, VmSnapshot.Boot boot, Logs.Kind kind) {
    BootFolder folder = new BootFolder(Path.of(boot.directory()));
    Path file = kind == Logs.Kind.SERIAL ? folder.serialLog() : folder.qemuLog();
    return new Found(
        vm,
        "boot " + boot.id() + " of VM " + vm,
        () -> Optional.of(file).filter(Files::exists),
        () ->
            boots
                .newest(vm)
                .filter(now -> isSame(now, boot))
                .flatMap(now -> Status.process(project.stateRoot(), vm, now))
                .isPresent(),
        () -> false);
  }

  private static boolean isSame(VmSnapshot.Boot one, VmSnapshot.Boot other) {
    return one.id().equals(other.id());
  }
}
