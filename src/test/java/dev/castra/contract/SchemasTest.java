package dev.castra.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.castra.event.EventGoldens;
import dev.castra.event.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The schemas take exactly what the goldens show, and what later versions may add to it. */
final class SchemasTest {
  private static final Path GOLDENS = Path.of("src", "test", "resources", "golden");
  private static final Set<String> SHARED = Set.of("common", "event");
  private static final Set<String> OTHERS =
      Set.of(
          Schemas.RUN_LOG,
          Schemas.STATUS,
          Schemas.PLAN,
          Schemas.STAMPS,
          Schemas.STAMP_EXPLANATION,
          Schemas.HISTORY,
          Schemas.RUN,
          Schemas.REPORT,
          Schemas.RUN_DIFF,
          Schemas.STEP_STATS,
          Schemas.PRUNE,
          Schemas.DATABASE_CHECK,
          Schemas.DATABASE_EXPORT);

  /**
   * A golden and the schema it goes by.
   *
   * @param number of the variant, from 1
   */
  record Golden(String schema, int number, JsonNode document) {
    @Override
    public String toString() {
      return schema + " " + number;
    }
  }

  static Stream<Golden> goldens() throws IOException {
    Stream<Golden> events =
        EventGoldens.permitted().stream()
            .flatMap(type -> lines(Schemas.ofEvent(type), EventGoldens.lines(type)));
    Stream<Golden> logs =
        lines(Schemas.RUN_LOG, Files.readAllLines(GOLDENS.resolve("run-logs.jsonl")));
    Stream<Golden> answers =
        Stream.of(
                whole(Schemas.STATUS, "status"),
                whole(Schemas.PLAN, "plan"),
                whole(Schemas.STAMPS, "stamps/list"),
                whole(Schemas.DATABASE_CHECK, "database/check", "database/check-none"),
                whole(Schemas.DATABASE_EXPORT, "database/export"),
                whole(
                    Schemas.STAMP_EXPLANATION,
                    "stamps/explain-unchanged",
                    "stamps/explain-changed",
                    "stamps/explain-busy",
                    "stamps/explain-refused"),
                whole(Schemas.HISTORY, "history/list"),
                whole(Schemas.RUN, "history/show-failed", "history/show-running"),
                whole(Schemas.REPORT, "report"),
                whole(Schemas.RUN_DIFF, "history/diff"),
                whole(Schemas.STEP_STATS, "history/stats", "history/stats-of-vm"))
            .flatMap(all -> all);
    return Stream.of(events, logs, answers).flatMap(all -> all);
  }

  private static Stream<Golden> whole(String schema, String... files) throws IOException {
    List<String> texts = new ArrayList<>();
    for (String file : files) {
      texts.add(Files.readString(GOLDENS.resolve(file + ".json")));
    }
    return lines(schema, texts);
  }

  private static Stream<Golden> lines(String schema, List<String> texts) {
    return Stream.iterate(0, i -> i < texts.size(), i -> i + 1)
        .map(i -> new Golden(schema, i + 1, JsonText.parse(texts.get(i))));
  }

  static Set<String> eventTypes() {
    return EventGoldens.permitted();
  }

  @Test
  void everyEventHasASchemaAndThereIsNoneForAnythingElse() {
    Set<String> expected = new TreeSet<>(SHARED);
    expected.addAll(OTHERS);
    EventGoldens.permitted().forEach(type -> expected.add(Schemas.ofEvent(type)));

    assertThat(Schemas.names()).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void everyGoldenIsRecognisedAndValid(Golden golden) {
    assertThat(Schemas.schemaOf(golden.document())).isEqualTo(golden.schema());
    assertThat(Schemas.complaints(golden.schema(), golden.document())).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void everyFieldIsRequired(Golden golden) {
    assertThat(new Variations(golden.document()).withoutAField())
        .isNotEmpty()
        .allSatisfy(shorter -> assertThat(complaints(golden, shorter)).isNotEmpty());
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void everyFieldIsHeldToItsKind(Golden golden) {
    assertThat(new Variations(golden.document()).withAWrongValue())
        .isNotEmpty()
        .allSatisfy(wrong -> assertThat(complaints(golden, wrong)).isNotEmpty());
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void fieldsOfLaterVersionsAreWelcomeEverywhere(Golden golden) {
    assertThat(new Variations(golden.document()).withAnUnknownField())
        .isNotEmpty()
        .allSatisfy(longer -> assertThat(complaints(golden, longer)).isEmpty());
  }

  private static List<String> complaints(Golden golden, Variations.Variation variation) {
    return Schemas.complaints(golden.schema(), variation.document());
  }

  @ParameterizedTest
  @MethodSource("eventTypes")
  void aSchemaDescribesTheFieldsOfItsEventAndNoOthers(String type) {
    JsonNode schema = Schemas.document(Schemas.ofEvent(type));

    assertThat(schema.path("title").asText()).isEqualTo(type);
    assertThat(JsonText.fieldNames(schema.path("properties")))
        .containsAll(EventGoldens.ownFieldNames(type))
        .isSubsetOf(EventGoldens.fieldNames(type));
    assertThat(texts(schema.path("required"))).isEqualTo(EventGoldens.ownFieldNames(type));
  }

  @ParameterizedTest
  @MethodSource("eventTypes")
  void anEventOfOneTypeIsNoEventOfAnother(String type) {
    JsonNode golden = JsonText.parse(EventGoldens.lines(type).get(0));

    assertThat(EventGoldens.permitted().stream().filter(other -> !other.equals(type)))
        .allSatisfy(
            other -> assertThat(Schemas.complaints(Schemas.ofEvent(other), golden)).isNotEmpty());
  }

  @Test
  void theEnvelopeRequiresWhatEveryEventHas() {
    assertThat(texts(Schemas.document("event").path("required"))).isEqualTo(EventGoldens.ENVELOPE);
  }

  private static List<String> texts(JsonNode array) {
    return Stream.iterate(0, i -> i < array.size(), i -> i + 1)
        .map(i -> array.get(i).asText())
        .toList();
  }
}
