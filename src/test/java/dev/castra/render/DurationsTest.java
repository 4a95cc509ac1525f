package dev.castra.render;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 ms",
    "999, 999 ms",
    "1000, 1.0 s",
    "6849, 6.8 s",
    "59999, 59.9 s",
    "60000, 1 min 00 s",
    "185000, 3 min 05 s",
    "3599999, 59 min 59 s",
    "3600000, 1 h 00 min",
    "7800000, 2 h 10 min",
    "86399999, 23 h 59 min",
    "86400000, 1 d",
    "259200000, 3 d"
  })
  void areReadAsPeopleSayThem(long milliseconds, String text) {
    assertThat(Durations.brief(milliseconds)).isEqualTo(text);
  }
}
