package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.it.Records;
import dev.castra.process.JavaChild;
import dev.castra.process.ManualTime;
import dev.castra.project.Retention;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.Trigger;
import dev.castra.steplog.LogRemoval;
import dev.castra.steplog.RunLog;
import dev.castra.store.OpenRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class ConcurrentPrunesTest {
  private static final CommandLineInfo COMMAND =
      new CommandLineInfo("castra history prune", "test");
  private static final int RUNS = 40;
  private static final Retention KEEP = new Retention(OptionalInt.of(2), OptionalInt.empty());

  @TempDir Path folder;

  private RecordedProject project;

  @BeforeEach
  void manyRuns() throws Exception {
    project = new RecordedProject(folder);
    project.newDisk(RecordedProject.WEB);
    Files.createDirectories(logs());
    project.change(
        session -> {
          for (int i = 0; i < RUNS; i++) {
            OpenRun run = project.start(session, RecordedProject.WEB, Trigger.AUTO);
            run.failed(RunStatus.FAILED, RecordedProject.failure(StepKind.CONNECT), 5);
            log(run.id());
          }
        });
  }

  @Test
  void logsAndRowsGoTogetherHoweverManyForgetAtOnce() throws Exception {
    List<JavaChild> children = new ArrayList<>();
    int forgotten = 0;
    try {
      for (int i = 0; i < 3; i++) {
        children.add(child("in-turn"));
      }
      for (JavaChild child : children) {
        assertThat(child.line()).isEqualTo("ready");
      }
      for (JavaChild child : children) {
        child.go();
      }
      for (JavaChild child : children) {
        forgotten += Integer.parseInt(child.line());
        child.leave();
      }
    } finally {
      children.forEach(JavaChild::close);
    }

    assertThat(forgotten).isEqualTo(RUNS - 2);
    assertThat(new Records(project.root().database()).column("SELECT run_id FROM runs"))
        .containsExactlyInAnyOrder("39", "40");
    assertThat(logs().toFile().list())
        .containsExactlyInAnyOrder("39.json", "39.log", "40.json", "40.log");
  }

  @Test
  void anUpLeavesTheWorkToWhoeverIsAtIt() throws Exception {
    RunId halfDone = new RunId(1);
    project.change(
        session -> {
          try (PruneLock lock = PruneLock.await(session)) {
            setAside(halfDone);

            assertThat(forgottenBy("with-up")).isEqualTo("0");
            assertThat(new Prune(project.load(), Host.real(), KEEP).in(session).runs()).isEmpty();
          }
        });

    assertThat(RunLog.textFile(logs(), halfDone)).doesNotExist();
    assertThat(logs().toFile().list()).contains("1.log.pruned", "2.log");
  }

  @Test
  void whoeverWaitedInVainIsToldForWhom() throws Exception {
    Host real = Host.real();
    Host hasty = new Host(real.environment(), real.clock(), new ManualTime());
    project.change(
        session -> {
          try (PruneLock lock = PruneLock.await(session);
              ProjectSession other = ProjectSession.look(project.load(), hasty, COMMAND)) {
            assertThatThrownBy(() -> PruneLock.await(other))
                .isInstanceOfSatisfying(
                    CastraException.class,
                    busy -> {
                      assertThat(busy.code()).isEqualTo(ErrorCode.BUSY);
                      assertThat(busy)
                          .hasMessageContaining(
                              "`castra up` (pid " + ProcessHandle.current().pid());
                    });
          }
        });
  }

  @Test
  void aLockWithoutRoomForItsTextIsLetGoOf() throws Exception {
    project.change(
        session -> {
          Path lock = project.root().pruneLock();
          link(lock, Path.of("/dev/full"));
          for (int i = 0; i < 2; i++) {
            // Held by this process, it would be another's the second time: no lock, and no trouble.
            assertThatThrownBy(() -> PruneLock.tryTake(session))
                .isInstanceOfSatisfying(
                    CastraException.class, full -> assertThat(full.code()).isEqualTo(ErrorCode.IO));
          }
          assertThat(lock.toFile().delete()).isTrue();
        });
  }

  private static void link(Path link, Path target) {
    try {
      Files.createDirectories(link.getParent());
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JavaChild child(String how) throws IOException {
    return JavaChild.start(
        PruningChild.class, folder.resolve("castra.toml").toString(), String.valueOf(2), how);
  }

  private String forgottenBy(String how) throws InterruptedException {
    try (JavaChild child = child(how)) {
      assertThat(child.line()).isEqualTo("ready");
      child.go();
      return child.line();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void setAside(RunId run) {
    try {
      new LogRemoval(logs()).setAside(run);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void log(RunId run) {
    try {
      Files.writeString(RunLog.jsonFile(logs(), run), "{}");
      Files.writeString(RunLog.textFile(logs(), run), "hello");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path logs() {
    return project.root().bootstrapLogs(RecordedProject.WEB);
  }
}
