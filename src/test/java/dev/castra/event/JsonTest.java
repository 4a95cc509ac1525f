package dev.castra.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTest {
  @Test
  void keepsTheOrderOfFieldsAndTheKindsOfValues() {
    Map<String, ?> fields =
        Fields.of(
            "z",
            1,
            "a",
            Long.MAX_VALUE,
            "flag",
            true,
            "none",
            null,
            "list",
            List.of("x", 2),
            "inner",
            Fields.of("b", "2", "a", List.of()),
            "empty",
            Map.of());

    assertThat(Json.compact(fields))
        .isEqualTo(
            "{\"z\":1,\"a\":9223372036854775807,\"flag\":true,\"none\":null,\"list\":[\"x\",2],"
                + "\"inner\":{\"b\":\"2\",\"a\":[]},\"empty\":{}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "two\nlines\r\n",
        "tab\t nul\0 bell\u0007 escape\u001b[2J",
        "\"quoted\" and \\back\\",
        "größe 漢字 \ud83d\ude00",
        "\u2028 \u2029 \u0085 \u007f"
      })
  void everyTextComesBackUnchangedFromOneLine(String text) {
    String line = Json.compact(Fields.of("text", text, text, 1));

    assertThat(line).doesNotContain("\n", "\r", "\u001b");
    assertThat(JsonText.parse(line).get("text").textValue()).isEqualTo(text);
    assertThat(JsonText.fieldNames(JsonText.parse(line))).containsExactly("text", text);
  }

  @Test
  void theFormForPeopleSaysTheSame() {
    Map<String, ?> fields = EventExamples.recorded(EventExamples.all().get(0)).fields();

    assertThat(Json.pretty(fields)).contains("\n");
    assertThat(JsonText.leaves(Json.pretty(fields)))
        .isEqualTo(JsonText.leaves(Json.compact(fields)));
  }
}
