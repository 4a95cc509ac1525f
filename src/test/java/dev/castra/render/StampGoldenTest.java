package dev.castra.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.castra.event.Json;
import dev.castra.operation.StampExamples;
import dev.castra.operation.StampExplanation;
import dev.castra.operation.StampsReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The stamp commands as people and as scripts read them. */
final class StampGoldenTest {
  private static final Path FOLDER = Path.of("src/test/resources/golden/stamps");

  private static final Map<String, StampsReport> LISTS =
      Map.of("list", StampExamples.all(), "list-none", StampExamples.none());

  private static final Map<String, StampExplanation> EXPLANATIONS =
      Map.of(
          "explain-unchanged", StampExamples.unchanged(),
          "explain-changed", StampExamples.changed(),
          "explain-busy", StampExamples.busy(),
          "explain-refused", StampExamples.refused());

  static Set<String> lists() {
    return LISTS.keySet();
  }

  static Set<String> explanations() {
    return EXPLANATIONS.keySet();
  }

  @ParameterizedTest
  @MethodSource("lists")
  void aListIsWrittenAsItsGoldenSays(String name) throws IOException {
    StampsReport report = Objects.requireNonNull(LISTS.get(name));

    assertThat(StampTable.render(report)).isEqualTo(golden(name + ".txt"));
    assertThat(Json.pretty(report.fields()) + "\n").isEqualTo(golden(name + ".json"));
  }

  @ParameterizedTest
  @MethodSource("explanations")
  void anExplanationIsWrittenAsItsGoldenSays(String name) throws IOException {
    StampExplanation explanation = Objects.requireNonNull(EXPLANATIONS.get(name));

    assertThat(StampExplanationText.render(explanation)).isEqualTo(golden(name + ".txt"));
    assertThat(Json.pretty(explanation.fields()) + "\n").isEqualTo(golden(name + ".json"));
  }

  @Test
  void everyGoldenIsUsed() throws IOException {
    Set<String> used =
        Stream.concat(LISTS.keySet().stream(), EXPLANATIONS.keySet().stream())
            .flatMap(name -> Stream.of(name + ".txt", name + ".json"))
            .collect(Collectors.toSet());

    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(used);
    }
  }

  @Test
  void theManualNamesEveryField() throws IOException {
    String manual = Files.readString(Path.of("docs/json.md"));
    String section = manual.substring(manual.indexOf("## `castra stamps --json`"));

    assertThat(fieldNames())
        .hasSizeGreaterThan(30)
        .allSatisfy(name -> assertThat(section).contains("`" + name + "`"));
  }

  private static Set<String> fieldNames() throws IOException {
    Set<String> names = new TreeSet<>();
    for (String name : List.of("list.json", "explain-unchanged.json", "explain-busy.json")) {
      collect(new ObjectMapper().readTree(golden(name)), names);
    }
    return names;
  }

  private static void collect(JsonNode node, Set<String> names) {
    node.fieldNames().forEachRemaining(names::add);
    node.forEach(child -> collect(child, names));
  }

  private static String golden(String name) throws IOException {
    return Files.readString(FOLDER.resolve(name));
  }
}
