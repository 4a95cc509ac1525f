package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** `castra stamps` and its two commands; what boots here never answers. */
final class StampsIT {
  private static final String DISK = ".castra/vms/web/disk.qcow2";
  private static final String SECRET = "s3cret value";

  private final CastraProject project;

  StampsIT() throws IOException {
    project = CastraProject.create();
  }

  @BeforeEach
  void describe() throws IOException {
    BootSector.write(project.directory().resolve("boot.img"));
    project
        .config("[[vms]]\nname = \"web\"\nbase_image = \"boot.img\"\n")
        .script("web", "true")
        .file("bootstrap/web/payload/app.env", "COLOUR=red\n");
  }

  @AfterEach
  void close() throws IOException, InterruptedException {
    project.close();
  }

  @Test
  void beforeTheFirstUpEveryCommandAnswersAndMakesNothing() throws Exception {
    Map<Path, String> before = files();

    assertThat(project.run("stamps").exitsWith(0).stdout())
        .containsExactly("There are no stamps: nothing was bootstrapped yet.");
    assertThat(stamps().path("stamps")).isEmpty();
    assertThat(explain().path("next_up").path("reason").asText()).isEqualTo("the disk is new");
    assertThat(project.run("stamps", "rm", "web").exitsWith(0).stdout())
        .containsExactly("web  has no stamp to withdraw");

    assertThat(project.stateRoot()).doesNotExist();
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void lookingChangesNothing() throws Exception {
    bootstrapped();
    Map<Path, String> before = files();

    assertThat(project.run("stamps").exitsWith(0).stdout()).hasSize(2);
    JsonNode explanation = explain();
    assertThat(project.run("stamps", "explain", "web").exitsWith(0).stdout())
        .anyMatch(line -> line.matches("Next up +noop: unchanged since run 1"));

    assertThat(explanation.path("next_up").path("action").asText()).isEqualTo("noop");
    assertThat(explanation.path("stamp").path("run_id").asLong()).isEqualTo(1);
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void aStampIsCurrentUntilItsDiskIsGone() throws Exception {
    bootstrapped();
    JsonNode stamp = stamps().path("stamps").path(0);
    assertThat(Json.names(stamp)).startsWith("vm", "state", "run_id", "stamped_at", "age_ms");
    assertThat(stamp.path("state").asText()).isEqualTo("current");

    Files.delete(project.directory().resolve(DISK));

    assertThat(stamps().path("stamps").path(0).path("state").asText()).isEqualTo("disk-gone");
    assertThat(explain().path("next_up").path("reason").asText())
        .isEqualTo("the disk's file was gone");
  }

  @Test
  void aChangedInputIsNamedAndASecretIsNot() throws Exception {
    bootstrapped();
    project.file("bootstrap/web/payload/more.env", "");
    String config = Files.readString(project.directory().resolve("castra.toml"));
    project.file("castra.toml", config + "[vms.bootstrap]\nenv = { TOKEN = \"" + SECRET + "\" }\n");

    CastraResult text = project.run("stamps", "explain", "web").exitsWith(0);
    JsonNode next = explain().path("next_up");

    assertThat(next.path("action").asText()).isEqualTo("run");
    // The rehearsed run knew of no parts.
    assertThat(next.path("changes").toString())
        .contains("\"`payload/more.env` added\"", "\"env `TOKEN` added\"");
    assertThat(next.path("reason").asText()).endsWith("since run 1");
    assertThat(next.toString() + text).doesNotContain(SECRET);
    assertThat(project.stateRoot().resolve("keys/env.key")).doesNotExist();
  }

  @Test
  void aWithdrawnStampIsAnEventOnceAndTheNextUpRuns() throws Exception {
    bootstrapped();

    CastraResult first = project.run("stamps", "rm", "web", "--json").exitsWith(0);
    CastraResult second = project.run("stamps", "rm", "web", "--json").exitsWith(0);

    JsonNode event = first.event("StampWithdrawn", "web");
    assertThat(first.stdout()).hasSize(1);
    assertThat(event.path("run_id").asLong()).isEqualTo(1);
    assertThat(event.path("base_image_hash").asText()).hasSize(64);
    assertThat(event.path("bootstrap_artifact_hash").asText()).hasSize(64);
    assertThat(second.stdout()).isEmpty();
    assertThat(second.stderr()).isEqualTo("web  has no stamp to withdraw");
    assertThat(explain().path("no_stamp_reason").asText())
        .isEqualTo("the stamp of run 1 was withdrawn by `castra stamps rm`");
    assertThat(explain().path("next_up").path("action").asText()).isEqualTo("run");
    assertThat(project.records().count("events WHERE type = 'StampWithdrawn'")).isEqualTo(1);
    assertThat(project.status("web").path("stamp").isNull()).isTrue();
  }

  @Test
  void whileAnUpWorksTheStampsAreReadAndNotTakenBack() throws Exception {
    CastraProcess up = project.startUp();
    up.awaitEvent("VmStarted");

    Complaint.of(project.run("stamps", "rm", "web"), 75)
        .says("VM `web` is being worked on by `castra up --json` (pid " + up.pid() + ", since ")
        .advises("Try again");
    Complaint.of(project.run("destroy", "web"), 75).says("`castra up --json` (pid " + up.pid());
    JsonNode explanation = explain();

    assertThat(stamps().path("stamps")).isEmpty();
    assertThat(explanation.path("worker").path("pid").asLong()).isEqualTo(up.pid());
    assertThat(explanation.path("next_up").path("action").asText()).isEqualTo("wait");
    assertThat(up.isAlive()).isTrue();
    up.signal("TERM");
    up.end().exitsWith(130);
    assertThat(explain().path("no_stamp_reason").asText())
        .isEqualTo("no run has succeeded on this disk; run 1 was interrupted at `wait-handshake`");
    // It would not power itself off.
    Host.signal("KILL", project.status("web").path("pid").asLong());
  }

  @ParameterizedTest
  @ValueSource(strings = {"explain", "rm"})
  void anUnknownVmIsRefusedWithTheNamesThatExist(String command) throws Exception {
    bootstrapped();

    Complaint.of(project.run("stamps", command, "mail"), 66).says("`mail`").advises("web");
    Complaint.of(project.run("stamps", command), 64).says("VM").advises("--help");
  }

  @ParameterizedTest
  @ValueSource(strings = {"stamps", "explain", "rm"})
  void theHelpHasExamples(String command) throws InterruptedException {
    CastraResult help =
        command.equals("stamps")
            ? project.run("stamps", "--help")
            : project.run("stamps", command, "--help");

    assertThat(help.exitsWith(0).stdout())
        .contains("Examples:")
        .anyMatch(line -> line.startsWith("  castra stamps "))
        .allMatch(line -> line.length() <= 80);
  }

  @Test
  void optionsCountBeforeAndAfterTheName() throws Exception {
    bootstrapped();
    String folder = project.directory().toString();
    Path elsewhere = Files.createDirectory(project.directory().resolve("elsewhere"));
    project.file("elsewhere/castra.toml", "[[vms]]\nname = \"other\"\n");

    for (String[] arguments :
        new String[][] {
          {"stamps", "--json", "--config", folder, "explain", "web"},
          {"stamps", "explain", "--config", folder, "web", "--json"},
        }) {
      CastraResult result = project.run(arguments).exitsWith(0);
      assertThat(Json.object(result.stdout().get(0)).path("vm").asText()).isEqualTo("web");
    }
    Complaint.of(project.run("stamps", "--config", elsewhere.toString(), "explain", "web"), 66)
        .advises("other");
  }

  private JsonNode stamps() throws InterruptedException {
    return object("stamps", "--json");
  }

  private JsonNode explain() throws InterruptedException {
    return object("stamps", "explain", "web", "--json");
  }

  private JsonNode object(String... arguments) throws InterruptedException {
    CastraResult result = project.run(arguments).exitsWith(0);
    assertThat(result.stdout()).hasSize(1);
    return Json.object(result.stdout().get(0));
  }

  private Map<Path, String> files() throws IOException {
    return FileTree.of(project.directory(), project.directory().resolve("nothing"));
  }

  /** A rehearsed run, with the hashes that a real one would have had, and the file of its disk. */
  private void bootstrapped() throws InterruptedException, SQLException {
    JsonNode wanted = explain().path("next_up");
    String artifact = wanted.path("bootstrap_artifact_hash").asText();
    String image = wanted.path("base_image_hash").asText();
    Rehearsed.fill(project);
    project.file(DISK, "");
    Records records = project.records();
    records.update("UPDATE disks SET path = '" + project.directory().resolve(DISK) + "'");
    records.update(
        "INSERT INTO artifacts SELECT '" + artifact + "', 0, first_seen_at FROM artifacts");
    for (String table : new String[] {"runs", "stamps"}) {
      records.update("UPDATE " + table + " SET bootstrap_artifact_hash = '" + artifact + "'");
    }
    for (String table : new String[] {"runs", "stamps", "disks"}) {
      records.update("UPDATE " + table + " SET base_image_hash = '" + image + "'");
    }
  }
}
