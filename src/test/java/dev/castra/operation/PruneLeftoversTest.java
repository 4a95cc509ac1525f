package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.CastraEvent;
import dev.castra.it.Records;
import dev.castra.process.Ticker;
import dev.castra.project.Retention;
import dev.castra.qemu.BootFolder;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.Trigger;
import dev.castra.steplog.RunLog;
import dev.castra.store.DatabaseCheck;
import dev.castra.store.DiskRecord;
import dev.castra.store.Leftovers;
import dev.castra.store.OpenRun;
import dev.castra.vm.BootId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes with old runs, and what must not. */
final class PruneLeftoversTest {
  private static final CommandLineInfo COMMAND =
      new CommandLineInfo("castra history prune", "test");
  private static final Duration LATER = Duration.ofHours(2);
  private static final Retention NEWEST_RUN = new Retention(OptionalInt.of(1), OptionalInt.empty());
  private static final Retention LAST_DAY = new Retention(OptionalInt.empty(), OptionalInt.of(1));

  @TempDir Path folder;
  private RecordedProject project;

  @BeforeEach
  void begin() {
    project = new RecordedProject(folder);
  }

  @Test
  void eventsOfARunThatIsKeptStayWhicheverCommandToldThem() throws Exception {
    project.newDisk(RecordedProject.WEB);
    project.newDisk(RecordedProject.DB);
    RunId kept = project.abandon(RecordedProject.WEB, Trigger.AUTO, StepKind.CONNECT);
    // An `up` that makes no run of its own records how the other castra's run ended.
    project.decide(RecordedProject.WEB);
    fail();
    fail();

    PruneReport report = prune(NEWEST_RUN, LATER);

    assertThat(report.runs()).hasSize(1);
    assertThat(column("SELECT type FROM events WHERE run_id = " + kept + " ORDER BY seq"))
        .startsWith("BootstrapStarted")
        .endsWith("BootstrapFailed");
  }

  @Test
  void whatHasJustHappenedStays() throws Exception {
    project.newDisk(RecordedProject.DB);
    fail();
    fail();

    PruneReport report = prune(NEWEST_RUN, Duration.ZERO);

    assertThat(report.runs()).hasSize(1);
    assertThat(report.commands()).isZero();
    assertThat(column("SELECT seq FROM events WHERE type = 'DiskCreated'")).hasSize(1);
  }

  @Test
  void aLogOfEventsThatWasPrunedDoesNotLookEmpty() throws Exception {
    for (int i = 0; i < 2; i++) {
      project.change(
          session ->
              session
                  .events()
                  .publish(
                      new CastraEvent.Diagnostic(Optional.empty(), "info", "remark", "skipped")));
    }

    PruneReport report = prune(LAST_DAY, Duration.ofDays(2));

    assertThat(report.events()).isEqualTo(1);
    assertThat(column("SELECT seq FROM events")).containsExactly("2");
    assertNothingIsWrong();
  }

  @Test
  void bootsGoWithTheirFiles() throws Exception {
    DiskRecord disk = project.newDisk(RecordedProject.WEB);
    BootFolder old = boot(disk);
    BootFolder present = boot(disk);
    Path notes = Files.writeString(old.path().resolve("notes.txt"), "not castra's");
    BootFolder unknown = files(BootId.fresh());

    PruneReport report = prune(LAST_DAY, Duration.ofDays(2));

    assertThat(report.boots()).isEqualTo(1);
    assertThat(column("SELECT directory FROM boots")).containsExactly(present.path().toString());
    assertThat(old.path().toFile().listFiles()).containsExactly(notes.toFile());
    assertThat(unknown.path()).doesNotExist();
    assertThat(present.serialLog()).exists();
    assertNothingIsWrong();
  }

  @Test
  void theFilesOfAStartThatIsNotRecordedYetStay() throws Exception {
    project.newDisk(RecordedProject.DB);
    BootFolder justMade = files(BootId.fresh());
    fail();
    fail();

    prune(NEWEST_RUN, Duration.ZERO);

    assertThat(justMade.serialLog()).exists();
  }

  @Test
  void disksThatAreGoneKeepNoRunsAndGoThemselves() throws Exception {
    DiskRecord first = project.newDisk(RecordedProject.WEB);
    RunId run = log(project.succeed(RecordedProject.WEB));
    project.change(session -> session.disks().removed(first));
    DiskRecord second = project.newDisk(RecordedProject.WEB);
    RunId kept = log(project.succeed(RecordedProject.WEB));

    PruneReport report = prune(NEWEST_RUN, LATER);

    assertThat(report.runs()).extracting(PruneReport.Run::id).containsExactly(run);
    assertThat(report.disks()).isEqualTo(1);
    assertThat(column("SELECT run_id FROM runs")).containsExactly(kept.toString());
    assertThat(column("SELECT disk_id FROM disks")).containsExactly(second.id().toString());
    assertThat(column("SELECT path FROM base_images")).hasSize(1);
    assertNothingIsWrong();
  }

  @Test
  void aDiskThatIsGoneAndStillMentionedForgetsWhatSucceededOnIt() throws Exception {
    DiskRecord first = project.newDisk(RecordedProject.WEB);
    boot(first);
    project.succeed(RecordedProject.WEB);
    project.change(session -> session.disks().removed(first));
    project.newDisk(RecordedProject.WEB);
    project.succeed(RecordedProject.WEB);

    PruneReport report = prune(NEWEST_RUN, LATER);

    assertThat(report.runs()).hasSize(1);
    assertThat(column("SELECT disk_id FROM disks")).hasSize(2);
    assertNothingIsWrong();
  }

  @Test
  void logsThatNoRowKnowsGoButForTheNewest() throws Exception {
    project.newDisk(RecordedProject.DB);
    fail();
    fail();
    Path logs = Files.createDirectories(project.root().bootstrapLogs(RecordedProject.WEB));
    for (String name : List.of("7.json", "7.log", "8.log.part", "9.log", "notes.txt")) {
      age(Files.writeString(logs.resolve(name), name));
    }

    prune(LAST_DAY, Duration.ofDays(2));

    assertThat(logs.toFile().list()).containsExactlyInAnyOrder("9.log", "notes.txt");
  }

  @Test
  void aRunUnderWayIsNotTouched() throws Exception {
    project.newDisk(RecordedProject.WEB);
    project.fail(RecordedProject.WEB, Trigger.AUTO, StepKind.CONNECT);
    Path logs = Files.createDirectories(project.root().bootstrapLogs(RecordedProject.WEB));
    project.change(
        session -> {
          OpenRun run = project.start(session, RecordedProject.WEB, Trigger.AUTO);
          run.stepStarted(StepKind.APPLY);
          project.file(folder.relativize(RunLog.unfinished(logs, run.id())).toString(), "said");

          PruneReport report = new Prune(project.load(), at(LATER), NEWEST_RUN).in(session);

          assertThat(report.runs()).extracting(PruneReport.Run::id).doesNotContain(run.id());
          assertThat(RunLog.unfinished(logs, run.id())).hasContent("said");
          run.completed(RunStatus.SUCCESS, 5);
        });

    assertThat(project.stamps().stamps()).hasSize(1);
    assertThat(column("SELECT type FROM events WHERE run_id = 2 ORDER BY seq"))
        .startsWith("BootstrapStarted")
        .endsWith("BootstrapCompleted");
    assertThat(RunLog.unfinished(logs, new RunId(2))).exists();
  }

  @Test
  void anArtifactThatARunTakesUpMeanwhileStays() throws Exception {
    project.newDisk(RecordedProject.WEB);
    RunId first = project.fail(RecordedProject.WEB, Trigger.AUTO, StepKind.CONNECT);
    project.change(
        session -> {
          session.history().delete(List.of(first));
          Leftovers leftovers = session.leftovers();
          List<String> artifacts = leftovers.artifacts(Instant.now().plus(LATER));
          assertThat(artifacts).hasSize(1);
          OpenRun run = project.start(session, RecordedProject.WEB, Trigger.AUTO);

          assertThat(leftovers.deleteArtifacts(artifacts)).isZero();

          run.completed(RunStatus.SUCCESS, 5);
        });
  }

  private void fail() throws InterruptedException {
    project.fail(RecordedProject.DB, Trigger.AUTO, StepKind.CONNECT);
  }

  private BootFolder boot(DiskRecord disk) throws Exception {
    BootId boot = BootId.fresh();
    BootFolder files = files(boot);
    project.change(
        session -> {
          session.boots().planned(boot, RecordedProject.WEB, disk.id(), files.path(), "tcg");
          session.boots().ended(boot, "over");
        });
    return files;
  }

  private BootFolder files(BootId boot) throws Exception {
    BootFolder files = new BootFolder(project.root().bootFolder(RecordedProject.WEB, boot));
    Files.createDirectories(files.path());
    Files.writeString(files.serialLog(), "console");
    Files.writeString(files.qemuLog(), "error");
    return files;
  }

  private RunId log(RunId run) throws Exception {
    Path logs = Files.createDirectories(project.root().bootstrapLogs(RecordedProject.WEB));
    Files.writeString(RunLog.jsonFile(logs, run), "{}");
    return run;
  }

  private static void age(Path file) throws Exception {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(9))));
  }

  private List<String> column(String query) throws SQLException {
    return new Records(project.root().database()).column(query);
  }

  private void assertNothingIsWrong() {
    assertThat(DatabaseCheck.of(project.root(), Ticker.system()).findings()).isEmpty();
  }

  private PruneReport prune(Retention retention, Duration later) {
    return new Prune(project.load(), at(later), retention).run(COMMAND);
  }

  private static Host at(Duration later) {
    Host now = Host.real();
    return new Host(now.environment(), Clock.offset(now.clock(), later), now.ticker());
  }
}
