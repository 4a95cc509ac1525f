package dev.castra.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A few random rounds; {@code tools/torture} runs as many as one likes. */
@Timeout(600)
final class TortureIT {
  @Test
  void nothingIsBrokenByProcessesThatAreKilledInterruptedAndCutOff() throws Exception {
    isWithstood(new TortureOptions(6, 0, 2, 7, false));
  }

  static void isWithstood(TortureOptions options) throws Exception {
    ByteArrayOutputStream report = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(report, true, StandardCharsets.UTF_8);

    boolean unbroken = new Torture(options, out).run();

    assertThat(unbroken).as(report.toString(StandardCharsets.UTF_8)).isTrue();
  }
}
