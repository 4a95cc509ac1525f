package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.event.Json;
import dev.castra.event.Outcome;
import dev.castra.process.PrivateFiles;
import dev.castra.report.Unpacked;
import dev.castra.run.OutcomeStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reports of runs that were really carried out. */
final class FailureReportTest {
  private static final String SECRET = "s3cret \"of\" the shop's";
  private static final String PEM = "-----BEGIN KEY-----\nbXkgc2VjcmV0IGtleQ\n-----END KEY-----\n";

  @TempDir Path folder;
  private SshProject project;

  @BeforeEach
  void open() throws IOException {
    project = new SshProject(folder);
    project.add("web");
    project.script("web", "echo installing\nexit 7\n");
  }

  @AfterEach
  void close() {
    project.close();
  }

  private Outcome up() throws IOException, InterruptedException {
    return project.up().outcomes().get(0);
  }

  private Path reports() throws IOException {
    return project.load().stateRoot().reports();
  }

  private static Path report(Outcome outcome) {
    return Path.of(outcome.failure().flatMap(Outcome.Failure::reportPath).orElseThrow());
  }

  private WriteReport writer() throws IOException {
    return new WriteReport(
        folder.resolve("castra.toml").toRealPath(), Host.real(), "0", new Cancellation());
  }

  @Test
  void aFailedRunHasOneAndItsOutcomeNamesIt() throws IOException, InterruptedException {
    Outcome failed = up();

    Path report = report(failed);
    assertThat(report).isEqualTo(reports().resolve("web-run-1.tar.gz"));
    assertThat(reports().toFile().list()).containsExactly("web-run-1.tar.gz");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(report)))
        .isEqualTo("rw-------");
    assertThat(project.told(CastraEvent.BootstrapFailed.class, "web")).hasSize(1);
    assertThat(Json.compact(failed.fields())).contains("\"report_path\":\"" + report + "\"");
    assertThat(new ShowRun(project.load(), Host.real()).of(1).reportPath())
        .contains(report.toString());

    Map<String, String> files = Unpacked.of(report);
    String top = "castra-report-run-1/";
    assertThat(files)
        .containsOnlyKeys(
            top,
            top + "README.txt",
            top + "castra.toml",
            top + "events.jsonl",
            top + "manifest.json",
            top + "plan.json",
            top + "run.json",
            top + "run.log",
            top + "steps.json",
            top + "versions.json");
    assertThat(files.get(top + "castra.toml"))
        .isEqualTo(Files.readString(folder.resolve("castra.toml")));
    assertThat(files.get(top + "run.log")).contains("installing").contains("apply failed after");
    assertThat(files.get(top + "run.json")).contains("\"error_code\" : \"bootstrap-failed\"");
    assertThat(files.get(top + "plan.json")).contains("the machine is new");
    assertThat(files.get(top + "events.jsonl"))
        .contains("\"type\":\"BootstrapPlanned\"")
        .contains("\"type\":\"BootstrapFailed\"");
    assertThat(files.get(top + "README.txt"))
        .contains("failed at `apply`")
        .contains("serial.log        the machine is not Castra's");
  }

  @Test
  void aRunThatDidWellAndOneThatWasNotNeededHaveNone() throws IOException, InterruptedException {
    project.script("web", "echo fine\n");

    assertThat(up().status()).isEqualTo(OutcomeStatus.Success);
    assertThat(up().status()).isEqualTo(OutcomeStatus.NoOp);

    assertThat(reports()).doesNotExist();
  }

  @Test
  void noSecretIsAnywhereInIt() throws IOException, InterruptedException {
    String base64 = Base64.getEncoder().encodeToString(SECRET.getBytes(StandardCharsets.UTF_8));
    String quoted = SECRET.replace("\"", "\\\"");
    project.set(
        "web",
        """
        verify_command = "test -n '%s'"
        [vms.bootstrap.env] # the TOKEN is %s
        TOKEN = "%s" # %s
        # OLDER = "%s"
        KEY = \"""
        %s\"""
        DIGITS = "20260730"
        WORD = "success"
        """
            .formatted("s3cret", "plain-value", quoted, base64, "older-value", PEM));
    project.payload("web", "config-20260730", "content");
    project.script(
        "web",
        """
        echo "token: $TOKEN"; echo "$KEY"; printf '%s' "$TOKEN" | base64; echo "$DIGITS"
        echo "Castra:error: no login with $TOKEN and $DIGITS"
        exit 7
        """);

    Outcome failed = up();

    assertThat(failed.failure().orElseThrow().error()).contains(SECRET);
    Map<String, String> files = Unpacked.of(report(failed));
    assertThat(files.keySet().toString()).doesNotContain("20260730");
    assertThat(files.values())
        .hasSize(10)
        .allSatisfy(
            text ->
                assertThat(text)
                    .doesNotContain(
                        "s3cret \"",
                        quoted,
                        "of\" the shop",
                        base64,
                        "bXkgc2VjcmV0IGtleQ",
                        "BEGIN KEY",
                        "20260730",
                        "older-value",
                        "plain-value"));
    assertThat(files.get("castra-report-run-1/castra.toml")).contains("'s3cret'");
    assertThat(files.get("castra-report-run-1/run.log"))
        .contains("token: [removed: env TOKEN]")
        .contains("[removed: env KEY]");
    assertThat(files.get("castra-report-run-1/run.json"))
        .contains("no login with [removed: env TOKEN] and [removed: env DIGITS]");
    assertThat(files.get("castra-report-run-1/manifest.json"))
        .contains("\"name\" : \"config-[removed: env DIGITS]\"")
        .contains("\"name\" : \"TOKEN\"");
    assertThat(Json.parse(files.getOrDefault("castra-report-run-1/run.json", "")))
        .containsEntry("status", "failed");
  }

  /** Neither does the cut of a reason hide one, nor the mark of a guest's line in the log. */
  @Test
  void whatTheLogMakesOfASecretIsNotInItEither() throws IOException, InterruptedException {
    String part = "eyJhbGciOiJub25lIn0";
    String login = "castra:pass-of-the-shop";
    project.set(
        "web", "env = { JWT = \"%s\", LOGIN = \"%s\" }".formatted(part + "a".repeat(1_200), login));
    project.script(
        "web",
        """
        echo "$LOGIN"
        echo "Castra:error: login with $JWT failed"
        exit 7
        """);

    Map<String, String> files = Unpacked.of(report(up()));

    String top = "castra-report-run-1/";
    assertThat(files.values())
        .allSatisfy(text -> assertThat(text).doesNotContain(part, "of-the-shop"));
    assertThat(files.get(top + "README.txt")).contains("login with [removed: env JWT]\n");
    assertThat(files.get(top + "run.log")).contains("login with [removed: env JWT]\n");
  }

  @Test
  void aReportThatCannotBeWrittenIsAWarning() throws IOException, InterruptedException {
    PrivateFiles.createFolder(folder.resolve(".castra"));
    Files.writeString(folder.resolve(".castra/reports"), "in the way");

    Outcome failed = up();

    assertThat(failed.failure().orElseThrow().error()).contains("exit status 7");
    assertThat(failed.failure().orElseThrow().reportPath()).isEmpty();
    assertThat(project.told(CastraEvent.Diagnostic.class, "web"))
        .filteredOn(remark -> remark.code().equals("report-not-written"))
        .singleElement()
        .satisfies(remark -> assertThat(remark.level()).isEqualTo("warning"))
        .satisfies(
            remark ->
                assertThat(remark.message())
                    .startsWith("run 1 has no report: ")
                    .contains("a file is in its place"));
  }

  @Test
  void anInterruptedRunHasNoneUntilSomebodyWantsIt() throws Exception {
    project.script("web", "touch '" + folder + "/begun'\nsleep 60\n");
    FutureTask<Up.Result> up = new FutureTask<>(() -> project.up());
    Thread thread = new Thread(up, "up");
    thread.setDaemon(true);
    thread.start();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!Files.exists(folder.resolve("begun")) && System.nanoTime() < end) {
      Thread.sleep(10);
    }
    project.cancellation.request("interrupted by a test");

    assertThat(up.get(60, TimeUnit.SECONDS).exitCode()).isEqualTo(130);
    assertThat(reports()).doesNotExist();
    assertThat(writer().write(Optional.empty(), Optional.empty()).file())
        .isEqualTo(reports().resolve("web-run-1.tar.gz"))
        .exists();
  }

  /** The values are known at the time of the failure; later they may not be. */
  @Test
  void aReportIsNotReplacedByOneThatKnowsLess() throws IOException, InterruptedException {
    project.set("web", "env = { TOKEN = \"first-value\" }");
    project.script("web", "echo \"$TOKEN\"\necho \"Castra:error: $TOKEN\"\nexit 7\n");
    Path report = report(up());
    project.set("web", "env = { TOKEN = \"other-value\" }");
    project.load();

    assertThatThrownBy(() -> writer().write(Optional.of(1L), Optional.empty()))
        .isInstanceOfSatisfying(
            CastraException.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.CANNOT_CREATE))
        .hasMessageContaining("env `TOKEN`");
    assertThat(Unpacked.of(report).get("castra-report-run-1/run.log"))
        .contains("[removed: env TOKEN]");

    for (String toml : new String[] {"", "[bootstrap]\nenv = { TOKEN = oops }\n"}) {
      if (!toml.isEmpty()) {
        Files.writeString(folder.resolve("castra.toml"), toml);
      }
      Path other = folder.resolve("other" + toml.length() + ".tar.gz");
      RunReport made = writer().write(Optional.of(1L), Optional.of(other));
      assertThat(made.leftOut()).extracting(RunReport.LeftOut::name).contains("run.log");
      assertThat(Unpacked.of(other).values())
          .allSatisfy(text -> assertThat(text).doesNotContain("first-value", "oops"));
      assertThat(Unpacked.of(other).get("castra-report-run-1/run.json")).contains("[left out: ");
    }
  }
}
