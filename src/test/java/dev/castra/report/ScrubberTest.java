package dev.castra.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.vm.EnvSecret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ScrubberTest {
  private static final String SECRET = "hunter2-hunter3";

  private static Scrubber of(String... values) {
    return Scrubber.of(
        java.util.Arrays.stream(values).map(value -> new EnvSecret("TOKEN", value)).toList());
  }

  @Test
  void aSecretIsReplacedByTheNameOfItsEntry() {
    assertThat(of(SECRET).text("curl -H " + SECRET + ", " + SECRET + SECRET))
        .isEqualTo("curl -H [removed: env TOKEN], [removed: env TOKEN][removed: env TOKEN]");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 16, 1000, 65_536, 65_551, 100_000})
  void noCutOfTheStreamHidesASecret(int piece) throws IOException {
    String text = ("x".repeat(65_530) + SECRET + "y").repeat(3);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    try (OutputStream scrubbed = of(SECRET).to(out, 0, Long.MAX_VALUE)) {
      for (int i = 0; i < bytes.length; i += piece) {
        scrubbed.write(bytes, i, Math.min(piece, bytes.length - i));
      }
    }

    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo(text.replace(SECRET, "[removed: env TOKEN]"));
  }

  @Test
  void secretsThatOverlapGoAsOne() {
    assertThat(of("abcdef", "defghi", "cdef").text("-abcdefghi-"))
        .isEqualTo("-[removed: env TOKEN]-");
    assertThat(of("aaaa").text("aaaaaa!")).isEqualTo("[removed: env TOKEN]!");
  }

  @Test
  void otherSpellingsAreFoundToo() {
    String value = "pass \"word\" & it's\tso";
    String base64 = Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));

    assertThat(
            List.of(
                "\"pass \\\"word\\\" & it's\\tso\"",
                base64,
                "pass+%22word%22+%26+it%27s%09so",
                "pass%20%22word%22%20%26%20it%27s%09so",
                "'pass \"word\" & it'\\''s\tso'"))
        .allSatisfy(text -> assertThat(of(value).text(text)).contains("[removed: env TOKEN]"))
        .allSatisfy(text -> assertThat(of(value).text(text)).doesNotContain("word"));
  }

  @Test
  void ofAValueOfSeveralLinesEachLineIsASecret() {
    assertThat(of("-----BEGIN-----\n  c2VjcmV0\n").text("12:00 -----BEGIN-----\n12:01 c2VjcmV0\n"))
        .isEqualTo("12:00 [removed: env TOKEN]\n12:01 [removed: env TOKEN]\n");
  }

  @Test
  void theBeginningOfASecretThatWasCutOffIsOneToo() {
    assertThat(of(SECRET).text("It said hunter2-h...")).isEqualTo("It said [removed: env TOKEN]");
    assertThat(of(SECRET).text("It said hunter2-h")).isEqualTo("It said [removed: env TOKEN]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Error  It said hunter2-h...\nand more",
        "(It said hunter2-h...)",
        "It said hunt... and more",
        "It said hunter2-\nand more",
        "It said hunter2-h\r\nand more"
      })
  void soIsOneThatWasCutOffInTheMidstOfAText(String text) {
    assertThat(of(SECRET).text(text))
        .isEqualTo(text.replaceFirst("hunt\\S*?(?:\\.{3}|(?=[\r\n]))", "[removed: env TOKEN]"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"hunter in the field", "a hunter\n", "hun...\n", "hunter2-h.. \n"})
  void aWordOfASecretIsNone(String text) {
    assertThat(of(SECRET).text(text)).isEqualTo(text);
  }

  @Test
  void aSecretWithDotsOfItsOwnIsCutOffToo() {
    assertThat(of("abcd..efgh").text("abcd...\nabcd.... ")).doesNotContain("abcd");
  }

  @Test
  void whatHasNotArrivedYetWasCutOff() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream scrubbed = of(SECRET).to(out, 0, Long.MAX_VALUE)) {
      scrubbed.write("one\ntwo hunter2-hun".getBytes(StandardCharsets.UTF_8));
    }

    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("one\ntwo [removed: env TOKEN]");
  }

  @Test
  void whatIsTooShortToBeToldFromChanceStays() {
    assertThat(of("abc", "").text("abc")).isEqualTo("abc");
  }

  @Test
  void aNameThatIsNoneIsNotTold() {
    Scrubber scrubber = Scrubber.of(List.of(new EnvSecret("A B=c", SECRET)));

    assertThat(scrubber.text(SECRET)).isEqualTo("[removed: env]");
  }

  @Test
  void fieldsStayFields() {
    Map<String, Object> fields =
        Map.of("n", 2026, "list", List.of(Map.of("x", "in 2026"), "2026"), "flag", true);

    assertThat(of("2026").fields(fields))
        .isEqualTo(
            Map.of(
                "n",
                2026,
                "list",
                List.of(Map.of("x", "in [removed: env TOKEN]"), "[removed: env TOKEN]"),
                "flag",
                true));
  }

  @Test
  void freeTextIsLeftOutIfNotAllSecretsAreKnown() {
    assertThat(Scrubber.ofSome(List.of()).fields(Map.of("error", SECRET, "vm", "web")))
        .containsEntry("vm", "web")
        .extractingByKey("error")
        .asString()
        .startsWith("[left out: ");
  }
}
