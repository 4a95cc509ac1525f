package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.bootstrap.Artifact;
import dev.castra.bootstrap.ArtifactBuilder;
import dev.castra.bootstrap.EnvHashKey;
import dev.castra.bootstrap.RunFailure;
import dev.castra.bootstrap.StampFacts;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.event.RecordedEvent;
import dev.castra.project.Project;
import dev.castra.project.ProjectLoader;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import dev.castra.run.Trigger;
import dev.castra.store.DiskRecord;
import dev.castra.store.OpenRun;
import dev.castra.store.RunStart;
import dev.castra.vm.DiskId;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run whose log is on a full disk, while the database still has room. */
final class LoggedRunTest {
  private static final VmName WEB = new VmName("web");
  private static final RunFailure FAILURE =
      new RunFailure(
          Optional.of(StepKind.APPLY), ErrorCode.BOOTSTRAP_FAILED, "It failed.", "Mend it.");

  private final List<RecordedEvent> events = new CopyOnWriteArrayList<>();
  private ProjectSession session;
  private DiskRecord disk;
  private Artifact artifact;
  private OpenRun record;
  private LoggedRun run;

  @BeforeEach
  void beginRun(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("castra.toml"), "[[vms]]\nname = \"web\"\n");
    Files.createDirectories(folder.resolve("bootstrap/web"));
    Files.writeString(folder.resolve("bootstrap/web/run.sh"), "true\n");
    Project project = ProjectLoader.load(folder.toRealPath().resolve("castra.toml"));
    session =
        ProjectSession.begin(
            project, Host.real(), new CommandLineInfo("castra up", "test"), events::add);
    disk = disk(project);
    session.disks().planned(disk);
    session.disks().created(disk);
    artifact =
        ArtifactBuilder.build(
            project.vms().get(0).bootstrap(), new EnvHashKey(new byte[EnvHashKey.BYTES]));
    record = session.runs().start(start());
    // Linux's own full disk: every write to it fails with ENOSPC.
    Files.createDirectories(logs());
    Files.createSymbolicLink(logs().resolve(record.id() + ".log.part"), Path.of("/dev/full"));
    run = LoggedRun.open(session, record, facts());
  }

  @AfterEach
  void end() {
    run.close();
    session.close();
  }

  @Test
  void saysThatTheLogCannotBeWritten() {
    assertThatThrownBy(() -> run.stepStarted(StepKind.APPLY))
        .isInstanceOf(CastraException.class)
        .hasMessageContaining("run log")
        .hasMessageContaining("No space left")
        .extracting(failure -> ((CastraException) failure).code())
        .isEqualTo(ErrorCode.IO);
  }

  @Test
  void recordsInTheDatabaseWhatTheLogCannotTake() {
    StepRecord failed = new StepRecord(StepKind.APPLY, StepStatus.FAILED, Instant.now(), 3, "no");

    assertThatThrownBy(() -> run.stepEnded(failed)).isInstanceOf(CastraException.class);
    assertThat(record.steps()).containsExactly(failed);
  }

  @Test
  void endsInTheDatabaseWithoutItsLog() {
    run.failed(RunStatus.FAILED, FAILURE, 5);

    StampFacts.PastRun last = session.runs().facts(disk, Optional.empty()).lastRun().orElseThrow();
    assertThat(last.status()).isEqualTo(RunStatus.FAILED);
    assertThat(session.runs().unfinished(WEB)).isEmpty();
    CastraEvent.BootstrapFailed told =
        (CastraEvent.BootstrapFailed) events.get(events.size() - 1).event();
    assertThat(told.error()).isEqualTo("It failed.");
    assertThat(told.hint()).startsWith("Mend it. ").contains("log is incomplete");
  }

  @Test
  void isNotCompletedWithoutItsLog() {
    assertThatThrownBy(() -> run.completed(RunStatus.SUCCESS, 5))
        .isInstanceOf(CastraException.class);

    assertThat(session.runs().unfinished(WEB)).hasSize(1);
  }

  private Path logs() {
    return session.project().stateRoot().bootstrapLogs(WEB);
  }

  private static DiskRecord disk(Project project) {
    DiskId id = DiskId.fresh();
    return new DiskRecord(
        id,
        WEB,
        project.stateRoot().disk(WEB, id),
        Path.of("/images/tiny.qcow2"),
        Sha256.of(new byte[0]),
        "ssh-ed25519 KEY castra",
        false,
        false,
        false,
        Optional.empty());
  }

  private RunStart start() {
    return new RunStart(
        UUID.randomUUID(),
        WEB,
        disk.id(),
        disk.baseImageHash(),
        artifact,
        Trigger.AUTO,
        "because",
        Optional.empty());
  }

  private RunFacts facts() {
    return new RunFacts(
        record.id(),
        WEB,
        Trigger.AUTO,
        "because",
        disk.baseImageHash(),
        artifact.hash(),
        Instant.now());
  }
}
