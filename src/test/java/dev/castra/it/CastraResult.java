package dev.castra.it;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.assertj.core.api.Assertions;

/**
 * How a castra process ended.
 *
 * @param stdout lines
 */
public record CastraResult(int exitCode, List<String> stdout, String stderr) {
  /** The lines of {@code --json}; a line that is no JSON object fails the test. */
  public List<JsonNode> events() {
    return stdout.stream().map(Json::object).toList();
  }

  public List<JsonNode> events(String type) {
    return events().stream().filter(event -> event.path("type").asText().equals(type)).toList();
  }

  List<JsonNode> events(String type, String vm) {
    return events(type).stream().filter(event -> event.path("vm").asText().equals(vm)).toList();
  }

  /** The only event of this type about this VM. */
  JsonNode event(String type, String vm) {
    List<JsonNode> found = events(type, vm);
    Assertions.assertThat(found).as("%s of %s in %s", type, vm, this).hasSize(1);
    return found.get(0);
  }

  /** What {@code UpCompleted} says, in its order. */
  List<JsonNode> outcomes() {
    List<JsonNode> completed = events("UpCompleted");
    Assertions.assertThat(completed).as("UpCompleted in %s", this).hasSize(1);
    return Json.items(completed.get(0).path("outcomes"));
  }

  JsonNode outcome(String vm) {
    return outcomes().stream()
        .filter(outcome -> outcome.path("vm").asText().equals(vm))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no outcome of " + vm + " in " + this));
  }

  /** Fails the test on another exit code. */
  public CastraResult exitsWith(int expected) {
    Assertions.assertThat(exitCode).as("exit code of %s", this).isEqualTo(expected);
    return this;
  }
}
