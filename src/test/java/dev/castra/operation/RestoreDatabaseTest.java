package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.event.EventSink;
import dev.castra.event.RecordedEvent;
import dev.castra.process.JavaChild;
import dev.castra.project.StateRoot;
import dev.castra.run.RunId;
import dev.castra.steplog.RunLog;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A record that is older than the machines it speaks of. */
final class RestoreDatabaseTest {
  @TempDir Path folder;
  private SshProject project;
  private Path backup = Path.of("");

  @BeforeEach
  void bootstrapTwoMachines() throws IOException, InterruptedException {
    project = new SshProject(folder);
    for (String vm : List.of("web", "db")) {
      project.add(vm);
      project.script(vm, "echo one");
    }
    assertThat(outcomes()).containsExactly("Success", "Success");
    backup = project.directory.resolve("backup.zip");
    keeper().backUp(backup, false);
  }

  @AfterEach
  void close() {
    project.close();
  }

  @Test
  void isBelievedOfMachinesThatNothingHappenedTo() throws Exception {
    RestoreReport report = restore();

    assertThat(report.withdrawn()).isEmpty();
    assertThat(report.aside()).get().isEqualTo(aside());
    assertThat(outcomes()).containsExactly("NoOp", "NoOp");
    assertThat(keeper().check().findings()).isEmpty();
  }

  @Test
  void isNotBelievedOfAMachineThatALaterRunWorkedOn() throws Exception {
    project.script("web", "echo two");
    assertThat(outcomes()).containsExactly("Success", "NoOp");
    long newest = newestRun();

    // As the backup has it: without the withdrawal this would be a NoOp on a changed machine.
    project.script("web", "echo one");
    RestoreReport report = restore();

    assertThat(report.withdrawn())
        .extracting(RestoreReport.Withdrawn::vm, RestoreReport.Withdrawn::later)
        .containsExactly(tuple(web(), Optional.of(new RunId(newest))));
    assertThat(outcomes()).containsExactly("Success", "NoOp");
    assertThat(newestRun()).isGreaterThan(newest);
  }

  @Test
  void doesNotBringBackAStampThatWasWithdrawn() throws Exception {
    new WithdrawStamp(project.load(), Host.real())
        .run("web", SshProject.COMMAND, EventSink.NONE)
        .orElseThrow();

    RestoreReport report = restore();

    assertThat(report.withdrawn())
        .extracting(RestoreReport.Withdrawn::vm, RestoreReport.Withdrawn::later)
        .containsExactly(tuple(web(), Optional.empty()));
    assertThat(outcomes()).containsExactly("Success", "NoOp");
  }

  @Test
  void isNotBelievedThoughThePresentDatabaseCannotBeRead() throws Exception {
    project.script("web", "echo two");
    outcomes();
    long newest = newestRun();
    long lastSeq = lastSeq();
    Files.write(root().databaseFile(), new byte[20_000]);
    project.script("web", "echo one");

    RestoreReport report = restore();

    assertThat(report.withdrawn()).hasSize(1);
    assertThat(report.nextRun()).isEqualTo(newest + 1);
    assertThat(report.lastSeq()).isGreaterThan(lastSeq).isGreaterThan(1_700_000_000_000L);
    assertThat(aside()).hasBinaryContent(new byte[20_000]);
    assertThat(outcomes()).containsExactly("Success", "NoOp");
    assertThat(lastSeq()).isGreaterThan(report.lastSeq());
  }

  @Test
  void theLogOfARunThatWasUnfinishedIsTheOnlySignAndCounts() throws Exception {
    Path logs = root().bootstrapLogs(web());
    Files.writeString(RunLog.unfinished(logs, new RunId(17)), "begun");

    RestoreReport report = restore();

    assertThat(report.withdrawn())
        .extracting(RestoreReport.Withdrawn::later)
        .containsExactly(Optional.of(new RunId(17)));
    assertThat(report.nextRun()).isEqualTo(18);
    assertThat(outcomes()).containsExactly("Success", "NoOp");
    assertThat(newestRun()).isEqualTo(18);
  }

  @Test
  void eventsGoOnBehindThePresentOnesAndSayThatItHappened() throws Exception {
    outcomes();
    long lastSeq = lastSeq();

    assertThat(restore().lastSeq()).isEqualTo(lastSeq);
    assertThat(outcomes()).containsExactly("NoOp", "NoOp");

    assertThat(project.events).extracting(RecordedEvent::seq).allMatch(seq -> seq > lastSeq + 1);
    assertThat(project.events)
        .extracting(RecordedEvent::event)
        .hasAtLeastOneElementOfType(CastraEvent.UpStarted.class);
  }

  @Test
  void anExportDoesAsWell() throws Exception {
    Path export = project.directory.resolve("export");
    keeper().export(export, Optional.empty(), "test");

    RestoreReport report =
        new RestoreDatabase(project.load(), Host.real())
            .run(export, RestoreDatabase.Terms.STRICT, SshProject.COMMAND);

    assertThat(report.findings()).isEmpty();
    assertThat(outcomes()).containsExactly("NoOp", "NoOp");
  }

  @Test
  void isRefusedWhileACastraWorksOnAVm() throws Exception {
    byte[] before = Files.readAllBytes(root().databaseFile());
    try (JavaChild child =
        JavaChild.start(
            ClaimingChild.class, project.directory.resolve("castra.toml").toString(), "web")) {
      assertThat(child.line()).isEqualTo("claimed");

      CastraException refused = catchThrowableOfType(CastraException.class, this::restore);

      assertThat(refused.code()).isEqualTo(ErrorCode.BUSY);
      assertThat(refused).hasMessageContaining("`castra up web` (pid " + child.pid() + ", since ");
    }
    assertThat(before).isNotEmpty();
    assertThat(outcomes()).containsExactly("NoOp", "NoOp");
  }

  @Test
  void whatIsNoBackupIsRefusedAndTheRecordStays() throws Exception {
    byte[] before = Files.readAllBytes(root().databaseFile());
    for (Path source : List.of(project.directory.resolve("castra.toml"), project.directory)) {
      CastraException refused =
          catchThrowableOfType(
              CastraException.class,
              () ->
                  new RestoreDatabase(project.load(), Host.real())
                      .run(source, RestoreDatabase.Terms.STRICT, SshProject.COMMAND));

      assertThat(refused.code()).isEqualTo(ErrorCode.IO);
      assertThat(refused).hasMessageContaining("`" + source + "` cannot be restored");
      assertThat(refused.hint()).contains("castra db backup");
    }
    assertThat(root().databaseFile()).hasBinaryContent(before);
    assertThat(root().databaseFolder().toFile().list()).containsExactly("castra.mv.db");
  }

  private RestoreReport restore() throws IOException {
    return new RestoreDatabase(project.load(), Host.real())
        .run(backup, RestoreDatabase.Terms.STRICT, SshProject.COMMAND);
  }

  private List<String> outcomes() throws IOException, InterruptedException {
    return project.up().outcomes().stream().map(outcome -> outcome.status().name()).toList();
  }

  private long newestRun() throws IOException {
    return project.status("web").lastRun().orElseThrow().run().value();
  }

  private long lastSeq() {
    return project.events.get(project.events.size() - 1).seq();
  }

  private static VmName web() {
    return new VmName("web");
  }

  private KeepDatabase keeper() throws IOException {
    return new KeepDatabase(project.load(), Host.real());
  }

  private StateRoot root() throws IOException {
    return project.load().stateRoot();
  }

  private Path aside() throws IOException {
    try (Stream<Path> files = Files.list(root().databaseFolder())) {
      return files
          .filter(file -> file.getFileName().toString().matches("castra-\\d{8}T\\d{6}Z\\.mv\\.db"))
          .findFirst()
          .orElseThrow();
    }
  }
}
