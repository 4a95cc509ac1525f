package dev.castra.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.Json;
import dev.castra.operation.Plan;
import dev.castra.operation.StampExamples;
import dev.castra.operation.StampExplanation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code castra up --plan} as scripts read it. */
final class PlanTextTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden", "plan.json");

  @Test
  void aPlanIsWrittenAsItsGoldenSays() throws IOException {
    List<Plan.Entry> plan =
        Stream.of(
                StampExamples.unchanged(),
                StampExamples.changed(),
                StampExamples.busy(),
                StampExamples.refused())
            .map(PlanTextTest::entry)
            .toList();

    assertThat(Json.pretty(PlanText.fields("shop", plan)) + "\n")
        .isEqualTo(Files.readString(GOLDEN));
  }

  private static Plan.Entry entry(StampExplanation example) {
    return new Plan.Entry(example.vm(), example.next());
  }
}
