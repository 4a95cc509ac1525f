package dev.castra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.error.CastraBug;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ConsoleTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int guarded(boolean debug, Callable<Integer> command) {
    return CliRun.console(out, err).guarded(debug, command);
  }

  private String complaint() {
    assertThat(out.size()).isZero();
    return err.toString(StandardCharsets.UTF_8);
  }

  private static Callable<Integer> failing(Exception failure) {
    return () -> {
      throw failure;
    };
  }

  @ParameterizedTest
  @EnumSource
  void aFailureEndsWithItsCodeItsMessageAndItsHint(ErrorCode code) {
    CastraException failure =
        new CastraException(code, "VM `web` is not running.", "Run `castra up`.");

    assertThat(guarded(false, failing(failure))).isEqualTo(code.exitCode());
    assertThat(complaint()).isEqualTo("castra: VM `web` is not running.\n  Run `castra up`.\n");
  }

  @Test
  void aDefectSaysThatItIsOneAndAsksForAReport() {
    assertThat(guarded(false, failing(new IllegalStateException("odd")))).isEqualTo(70);
    assertThat(complaint())
        .isEqualTo(
            "castra: this is a defect in Castra: java.lang.IllegalStateException: odd\n"
                + "  Please report it with the output of the same command with `--debug`.\n");
  }

  @Test
  void aDefectThatWasNoticedIsNotAnnouncedTwice() {
    assertThat(guarded(false, failing(new CastraBug("a file without a folder")))).isEqualTo(70);
    assertThat(complaint())
        .startsWith("castra: This is a defect in Castra: a file without a folder\n  Please report");
  }

  @Test
  void theStackTraceIsShownOnRequest() {
    guarded(true, failing(new IllegalStateException("odd")));
    assertThat(complaint()).contains("\tat dev.castra.cli.ConsoleTest");
  }

  @Test
  void whatOthersSaidIsNotObeyedByTheTerminal() {
    guarded(false, failing(new CastraException(ErrorCode.IO, "qemu:\n  \u001b[2J", "Look at it.")));
    assertThat(complaint()).isEqualTo("castra: qemu:\n  \\x1b[2J\n  Look at it.\n");
  }
}
