package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.contract.Schemas;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.Json;
import dev.castra.qemu.BootFolder;
import dev.castra.report.Unpacked;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.Trigger;
import dev.castra.steplog.RunLog;
import dev.castra.store.DiskRecord;
import dev.castra.store.OpenRun;
import dev.castra.store.VmClaims;
import dev.castra.vm.BootId;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WriteReportTest {
  private static final VmName WEB = RecordedProject.WEB;

  @TempDir Path folder;
  private final Cancellation cancellation = new Cancellation();
  private RecordedProject project;

  @BeforeEach
  void write() throws InterruptedException {
    project = new RecordedProject(folder);
    project.newDisk(WEB);
  }

  private RunReport report(Long... run) throws IOException {
    RunReport report =
        new WriteReport(folder.resolve("castra.toml").toRealPath(), Host.real(), "0", cancellation)
            .write(run.length == 0 ? Optional.empty() : Optional.of(run[0]), Optional.empty());
    Schemas.valid(Json.compact(report.fields()));
    return report;
  }

  private static Map<String, String> files(RunReport report) throws IOException {
    return Unpacked.of(report.file());
  }

  private static String file(RunReport report, String name) throws IOException {
    String path = "castra-report-run-" + report.run() + "/" + name;
    return Objects.requireNonNull(files(report).get(path), path);
  }

  @Test
  void withoutANumberItIsOfTheNewestRunThatDidNotSucceed() throws Exception {
    RunId first = project.succeed(WEB, 1);
    RunId second = project.succeed(WEB, 1);
    assertThat(report().run()).isEqualTo(second);

    RunId failed = project.fail(WEB, Trigger.AUTO, StepKind.APPLY);
    project.succeed(WEB, 1);
    assertThat(report().run()).isEqualTo(failed);

    RunId abandoned = project.abandon(WEB, Trigger.AUTO, StepKind.APPLY);
    assertThat(report().run()).isEqualTo(abandoned);
    assertThat(report().status()).isEqualTo(RunStatus.INTERRUPTED);

    assertThat(report(first.value()).run()).isEqualTo(first);
  }

  @Test
  void aRunThatIsNotThereIsRefused() throws Exception {
    assertNotFound("There is no run yet.");
    project.succeed(WEB, 1);
    assertNotFound("There is no run 77.", 77L);
    assertThat(project.root().reports()).doesNotExist();
  }

  private void assertNotFound(String message, Long... run) {
    assertThatThrownBy(() -> report(run))
        .isInstanceOfSatisfying(
            CastraException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RUN_NOT_FOUND))
        .hasMessage(message);
  }

  @Test
  void anotherPlaceIsTakenIfNothingIsThere() throws Exception {
    project.fail(WEB, Trigger.AUTO, StepKind.APPLY);
    WriteReport writer =
        new WriteReport(folder.resolve("castra.toml").toRealPath(), Host.real(), "0", cancellation);
    Path output = folder.resolve("mine.tar.gz");

    assertThat(writer.write(Optional.empty(), Optional.of(output)).file()).isEqualTo(output);

    assertThat(project.root().reports()).doesNotExist();
    assertThatThrownBy(() -> writer.write(Optional.empty(), Optional.of(output)))
        .hasMessageContaining("exists already");
    assertThatThrownBy(
            () -> writer.write(Optional.empty(), Optional.of(folder.resolve("no/where"))))
        .hasMessageContaining("cannot be written");
  }

  @Test
  void whatIsMissingIsToldAndKeepsNothingElseAway() throws Exception {
    project.fail(WEB, Trigger.AUTO, StepKind.APPLY);

    RunReport report = report();

    assertThat(report.leftOut())
        .extracting(RunReport.LeftOut::name)
        .containsExactly("run.json", "run.log", "serial.log", "qemu-command.txt", "qemu.log");
    assertThat(file(report, "README.txt"))
        .contains("  run.log           there is no `")
        .contains("  serial.log        the VM was not started for this run");
    assertThat(file(report, "run.json")).contains("It failed.");
  }

  @Test
  void theLogsOfTheBootAreInItWithoutSecretsAndOfLargeOnesTheEnd() throws Exception {
    project.config("", "env = { TOKEN = \"hunter2\" }\n");
    BootId boot = BootId.fresh();
    BootFolder files = new BootFolder(project.root().bootFolder(WEB, boot));
    Files.createDirectories(files.path());
    Files.writeString(files.serialLog(), "beginning\n" + "x".repeat(300_000) + "hunter2 end\n");
    Files.writeString(files.commandFile(), "qemu-system-x86_64 -m 256\n");
    Files.writeString(files.qemuLog(), "qemu: no hunter2\n");
    project.change(
        session -> {
          DiskRecord disk = session.disks().present(WEB).orElseThrow();
          session.boots().planned(boot, WEB, disk.id(), files.path(), "tcg");
          OpenRun run = project.start(session, WEB, Trigger.AUTO);
          run.boundTo(boot);
          run.completed(RunStatus.SUCCESS, 5);
        });

    RunReport report = report();

    assertThat(file(report, "serial.log"))
        .startsWith("[castra report: ")
        .endsWith("[removed: env TOKEN] end\n")
        .doesNotContain("beginning")
        .hasSizeLessThan(263_000);
    assertThat(file(report, "qemu-command.txt")).isEqualTo("qemu-system-x86_64 -m 256\n");
    assertThat(file(report, "qemu.log")).isEqualTo("qemu: no [removed: env TOKEN]\n");
    assertThat(report.removedEnv()).containsExactly("TOKEN");
  }

  @Test
  void aRunUnderWayIsToldAsFarAsItIs() throws Exception {
    project.change(
        session -> {
          try (VmClaims.Claim claim = session.claims().tryClaim(WEB).orElseThrow()) {
            claim.announce();
            OpenRun run = project.start(session, WEB, Trigger.AUTO);
            run.stepStarted(StepKind.APPLY);
            Path logs = Files.createDirectories(project.root().bootstrapLogs(WEB));
            Files.writeString(RunLog.unfinished(logs, run.id()), "so far\n");
            RunReport report = report();
            assertThat(report.status()).isEqualTo(RunStatus.RUNNING);
            assertThat(file(report, "run.log")).isEqualTo("so far\n");
            assertThat(file(report, "README.txt")).contains("the run was under way");
            assertThat(file(report, "steps.json")).contains("\"step\" : \"apply\"");
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void whoeverIsInterruptedLeavesNothingUnfinished() throws Exception {
    project.fail(WEB, Trigger.AUTO, StepKind.APPLY);
    cancellation.request("interrupted by a test");

    assertThatThrownBy(this::report)
        .isInstanceOfSatisfying(
            CastraException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED));

    assertThat(project.root().reports()).isEmptyDirectory();
  }

  @Test
  void aHugeLogIsCutInItsMiddle() throws Exception {
    RunId run = project.fail(WEB, Trigger.AUTO, StepKind.APPLY);
    Path logs = Files.createDirectories(project.root().bootstrapLogs(WEB));
    byte[] line = "all work and no play\n".getBytes(StandardCharsets.UTF_8);
    byte[] mebibytes = new byte[9 << 20];
    for (int i = 0; i < mebibytes.length; i++) {
      mebibytes[i] = line[i % line.length];
    }
    Files.write(RunLog.textFile(logs, run), mebibytes);

    RunReport report = report();

    assertThat(file(report, "run.log"))
        .hasSizeBetween(8 << 20, (8 << 20) + 100)
        .contains("\n[castra report: 1048576 bytes are left out here]\n");
    assertThat(report.sizeBytes()).isLessThan(1 << 20);
  }

  @Test
  void aMistakeInTheConfigurationIsNamedIfThereIsNoRecordEither() {
    project.file("castra.toml", "[[vms]]\nname = \"web\"\nmemroy = \"1 GiB\"\n");
    assertThat(folder.resolve(".castra/db").toFile().renameTo(folder.resolve("db").toFile()))
        .isTrue();

    assertThatThrownBy(this::report).hasMessageContaining("did you mean `memory`?");
  }
}
