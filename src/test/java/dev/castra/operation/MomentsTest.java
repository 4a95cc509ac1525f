package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MomentsTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-07-30T12:00:00Z"), ZoneOffset.UTC);

  @ParameterizedTest
  @CsvSource({
    "0s, 2026-07-30T12:00:00Z",
    "90s, 2026-07-30T11:58:30Z",
    "30m, 2026-07-30T11:30:00Z",
    "12h, 2026-07-30T00:00:00Z",
    "2d, 2026-07-28T12:00:00Z",
    "1w, 2026-07-23T12:00:00Z",
    "999999999w, 1970-01-01T00:00:00Z",
    "2026-07-01, 2026-07-01T00:00:00Z",
    "2026-07-01T10:00, 2026-07-01T10:00:00Z",
    "2026-07-01T10:00:00Z, 2026-07-01T10:00:00Z",
    "2026-07-01T10:00:00.5+02:00, 2026-07-01T08:00:00.500Z"
  })
  void anAgeOrATimeIsUnderstood(String text, Instant moment) {
    assertThat(Moments.parse(text, CLOCK)).isEqualTo(moment);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2", "d", "2 d", "-2d", "2y", "2d3h", "yesterday", "2026-13-01"})
  void anythingElseIsRefusedWithExamples(String text) {
    assertThatThrownBy(() -> Moments.parse(text, CLOCK))
        .isInstanceOf(CastraException.class)
        .hasMessage("`--since " + text + "` is neither an age nor a time.");
  }
}
