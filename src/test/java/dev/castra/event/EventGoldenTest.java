package dev.castra.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class EventGoldenTest {
  private static final Pattern SNAKE_CASE = Pattern.compile("[a-z]+(_[a-z]+)*");

  static Set<String> permitted() {
    return EventGoldens.permitted();
  }

  @Test
  void everyEventHasAGoldenAndEveryGoldenAnEvent() {
    assertThat(EventGoldens.types()).isEqualTo(EventGoldens.permitted());
  }

  @ParameterizedTest
  @MethodSource("permitted")
  void everyEventIsWrittenAsItsGoldenSays(String type) {
    List<String> golden = EventGoldens.lines(type);
    List<CastraEvent> examples = EventExamples.ofType(type);

    assertThat(examples).as("examples of %s", type).hasSameSizeAs(golden).isNotEmpty();
    for (int i = 0; i < golden.size(); i++) {
      String written = Json.compact(EventExamples.recorded(examples.get(i)).fields());
      assertThat(JsonText.leaves(written)).isEqualTo(JsonText.leaves(golden.get(i)));
      assertThat(written).isEqualTo(golden.get(i));
    }
  }

  @ParameterizedTest
  @MethodSource("permitted")
  void everyVariantHasTheSameFieldsAfterTheEnvelope(String type) {
    List<String> fields = EventGoldens.fieldNames(type);

    assertThat(fields).startsWith(EventGoldens.ENVELOPE.toArray(String[]::new));
    assertThat(EventGoldens.lines(type))
        .allSatisfy(
            line -> assertThat(JsonText.fieldNames(JsonText.parse(line))).isEqualTo(fields));
  }

  @ParameterizedTest
  @MethodSource("permitted")
  void everyFieldIsInSnakeCase(String type) {
    for (String line : EventGoldens.lines(type)) {
      assertThat(JsonText.leaves(line))
          .flatExtracting(leaf -> List.of(leaf.split(" = ", 2)[0].split("/")))
          .map(name -> name.replaceAll("^[0-9]*$", "index"))
          .allMatch(name -> SNAKE_CASE.matcher(name).matches());
    }
  }

  @Test
  void theOwnFieldsOfAnEventNeverHideTheEnvelope() {
    assertThat(EventExamples.all())
        .allSatisfy(
            event ->
                assertThat(event.fields())
                    .doesNotContainKeys(EventGoldens.ENVELOPE.toArray(String[]::new)));
  }
}
