package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** `castra logs -f` and `castra events --follow` beside other castras that come, go and die. */
final class FollowIT {
  private final CastraProject project;
  private final SshVms machines;

  FollowIT() throws IOException {
    project = CastraProject.create();
    machines = new SshVms(project, "web", "db");
  }

  @BeforeEach
  void describe() {
    project.script("web", SshVms.waiting("web is at work") + "\necho done");
    project.script("db", "echo nothing to wait for");
  }

  @AfterEach
  void close() throws IOException, InterruptedException {
    try {
      project.close();
    } finally {
      machines.close();
    }
  }

  @Test
  void aFollowerOfEventsSeesWhatEveryUpTellsOnceAndInOrder() throws Exception {
    CastraProcess follower = project.start("events", "-f", "--json", "--since", "0");
    machines.letGo("web");
    CastraResult first = project.up().exitsWith(0);
    project.script("db", "echo changed");
    CastraResult second = project.up().exitsWith(0);

    List<String> told = Stream.concat(first.stdout().stream(), second.stdout().stream()).toList();
    assertThat(follower.awaitLines(told.size())).isTrue();
    follower.signal("INT");

    assertThat(follower.end().exitsWith(130).stdout()).isEqualTo(told);
    JsonNode last = Json.object(told.get(3));
    assertThat(
            project
                .run("events", "--json", "--since", last.path("seq").asText())
                .exitsWith(0)
                .stdout())
        .isEqualTo(told.subList(4, told.size()));
  }

  @Test
  void aFollowerOfEventsOutlivesAnOwnerThatIsKilled() throws Exception {
    CastraProcess follower = project.start("events", "--follow", "--json", "--since", "0");
    try (CastraProcess killed = project.startUp()) {
      killed.awaitStep("web", "transfer");
      killed.kill();
    }
    machines.letGo("web");
    project.up().exitsWith(0);
    List<String> all = project.run("events", "--json", "--since", "0").exitsWith(0).stdout();

    assertThat(follower.awaitLines(all.size())).isTrue();
    follower.signal("TERM");

    List<String> followed = follower.end().exitsWith(143).stdout();
    assertThat(followed).isEqualTo(all);
    assertThat(followed.stream().map(line -> Json.object(line).path("seq").asLong()))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, all.size()).boxed().toList());
  }

  @Test
  void aFollowerOfALogSeesTheRunOfAnotherCastraToItsEnd() throws Exception {
    CastraProcess up = project.startUp();
    up.awaitStep("web", "transfer");
    up.awaitEvent(
        "start of db",
        event ->
            event.path("type").asText().equals("BootstrapStarted")
                && event.path("vm").asText().equals("db"));
    CastraProcess follower = project.start("logs", "web", "--follow");
    CastraProcess both = project.start("logs", "-f");
    assertThat(follower.awaitLines(1)).isTrue();
    assertThat(follower.isAlive()).isTrue();
    machines.letGo("web");
    up.end().exitsWith(0);

    List<String> log = Files.readAllLines(onlyLog("web"));
    List<String> other = Files.readAllLines(onlyLog("db"));
    CastraResult followed = follower.end().exitsWith(0);
    assertThat(followed.stdout()).isEqualTo(log);
    assertThat(followed.stdout())
        .anyMatch(line -> line.endsWith(" web is at work"))
        .anyMatch(line -> line.endsWith(" done"));
    List<String> named = new ArrayList<>();
    log.forEach(line -> named.add("web  | " + line));
    other.forEach(line -> named.add("db   | " + line));
    assertThat(both.end().exitsWith(0).stdout()).containsExactlyInAnyOrderElementsOf(named);
  }

  @Test
  void aFollowerOfALogThatIsInterruptedEndsWith130() throws Exception {
    CastraProcess up = project.startUp();
    up.awaitStep("web", "transfer");
    CastraProcess follower = project.start("logs", "web", "-f", "--step", "apply");
    assertThat(follower.awaitLines(2)).isTrue();

    follower.signal("INT");

    assertThat(follower.end().exitsWith(130).stdout()).hasSize(2);
    machines.letGo("web");
    up.end().exitsWith(0);
  }

  @Test
  void theHistoryIsToldWhileAnUpRuns() throws Exception {
    CastraProcess up = project.startUp();
    up.awaitStep("web", "transfer");
    CastraProcess follower = project.start("logs", "web", "-f", "--step", "apply");
    assertThat(follower.awaitLines(2)).isTrue();

    JsonNode run =
        Json.object(project.run("history", "web", "--json").exitsWith(0).stdout().get(0))
            .path("runs")
            .path(0);
    assertThat(run.path("status").asText()).isEqualTo("running");
    JsonNode details =
        Json.object(
            project
                .run("history", "show", run.path("run_id").asText(), "--json")
                .exitsWith(0)
                .stdout()
                .get(0));
    assertThat(details.path("step_under_way").path("step").asText()).isEqualTo("apply");
    assertThat(details.path("output_path").asText()).endsWith(".log.part");

    machines.letGo("web");
    assertThat(follower.end().exitsWith(0).stdout()).hasSize(4);
    up.end().exitsWith(0);
  }

  /** Which of the VMs got which number is up to their threads. */
  private Path onlyLog(String vm) throws IOException {
    return project.logsOf(vm).stream()
        .filter(file -> file.toString().endsWith(".log"))
        .findFirst()
        .orElseThrow();
  }
}
