package dev.castra.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.castra.event.Json;
import dev.castra.event.JsonText;
import dev.castra.operation.HistoryExamples;
import dev.castra.operation.HistoryReport;
import dev.castra.operation.RunDetails;
import dev.castra.operation.RunDiff;
import dev.castra.operation.StepStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The history commands as people and as scripts read them. */
final class HistoryGoldenTest {
  private static final Path FOLDER = Path.of("src/test/resources/golden/history");

  /** An answer in both its forms. */
  record Answer(String text, Map<String, @Nullable Object> fields) {
    static Answer of(HistoryReport report) {
      return new Answer(HistoryTable.render(report), report.fields());
    }

    static Answer of(RunDiff diff) {
      return new Answer(RunDiffText.render(diff), diff.fields());
    }

    static Answer of(StepStats stats) {
      return new Answer(StepStatsTable.render(stats), stats.fields());
    }

    static Answer of(RunDetails details) {
      return new Answer(RunDetailsText.render(details), details.fields());
    }
  }

  private static final Map<String, Answer> ANSWERS = new TreeMap<>();

  static {
    ANSWERS.put("list", Answer.of(HistoryExamples.all()));
    ANSWERS.put("list-none", Answer.of(HistoryExamples.none()));
    ANSWERS.put("list-endless", Answer.of(HistoryExamples.endless()));
    ANSWERS.put("show-failed", Answer.of(HistoryExamples.showFailed()));
    ANSWERS.put("show-running", Answer.of(HistoryExamples.showRunning()));
    ANSWERS.put("show-unchanged", Answer.of(HistoryExamples.showUnchanged()));
    ANSWERS.put("diff", Answer.of(HistoryExamples.diff()));
    ANSWERS.put("diff-same", Answer.of(HistoryExamples.sameDiff()));
    ANSWERS.put("stats", Answer.of(HistoryExamples.stats()));
    ANSWERS.put("stats-none", Answer.of(HistoryExamples.noStats()));
    ANSWERS.put("stats-of-vm", Answer.of(HistoryExamples.statsOfVm()));
  }

  static Set<String> answers() {
    return ANSWERS.keySet();
  }

  @ParameterizedTest
  @MethodSource("answers")
  void anAnswerIsWrittenAsItsGoldenSays(String name) throws IOException {
    Answer answer = Objects.requireNonNull(ANSWERS.get(name));

    assertThat(answer.text()).isEqualTo(golden(name + ".txt"));
    assertThat(Json.pretty(answer.fields()) + "\n").isEqualTo(golden(name + ".json"));
  }

  @Test
  void everyGoldenIsUsed() throws IOException {
    Set<String> used =
        ANSWERS.keySet().stream()
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
    String section = manual.substring(manual.indexOf("## `castra history --json`"));
    Set<String> names = new TreeSet<>();
    for (String name : answers()) {
      collect(JsonText.parse(golden(name + ".json")), names);
    }

    assertThat(names)
        .hasSizeGreaterThan(30)
        .allSatisfy(name -> assertThat(section).contains("`" + name + "`"));
  }

  private static void collect(JsonNode node, Set<String> names) {
    node.fieldNames().forEachRemaining(names::add);
    node.forEach(child -> collect(child, names));
  }

  private static String golden(String name) throws IOException {
    return Files.readString(FOLDER.resolve(name));
  }
}
