package dev.castra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.render.Screen;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Progress on a real pseudo-terminal, in a process of its own. */
@Timeout(120)
final class LiveOnTerminalTest {
  private static final long LIMIT_SECONDS = 90;

  @TempDir Path folder;

  @BeforeEach
  void writeConfig() throws IOException {
    Files.writeString(folder.resolve("castra.toml"), "[[vms]]\nname = \"web\"\n");
  }

  /** What a terminal received; {@code noColour} is the value of NO_COLOR, "unset" for none. */
  private String shown(String noColour, boolean terminal) throws Exception {
    String environment = noColour.equals("unset") ? "-u NO_COLOR" : "NO_COLOR=" + noColour;
    String child =
        String.join(
            " ",
            "exec env",
            environment,
            System.getProperty("java.home") + "/bin/java",
            "-XX:TieredStopAtLevel=1",
            // The launcher tells it.
            "-Dcastra.terminal=" + terminal,
            "-cp",
            "'" + System.getProperty("java.class.path") + "'",
            LiveOnTerminalChild.class.getName(),
            "'" + folder.resolve("castra.toml") + "'");
    Process script =
        new ProcessBuilder(List.of("script", "-qec", child, "/dev/null"))
            .redirectErrorStream(true)
            .start();
    try {
      // Its stdin stays open: at its end `script` would type ^D.
      CompletableFuture<byte[]> output =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return script.getInputStream().readAllBytes();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      byte[] bytes = output.get(LIMIT_SECONDS, TimeUnit.SECONDS);
      String text = new String(bytes, StandardCharsets.UTF_8);
      assertThat(script.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(script.exitValue()).as(text).isZero();
      return text;
    } finally {
      script.destroyForcibly();
    }
  }

  @Test
  void onATerminalOnlyWhatCountsStaysAndEndsAreColoured() throws Exception {
    Screen screen = Screen.after(shown("unset", true), 200);

    assertThat(screen.lines())
        .startsWith("web     run: the disk is new", "web     Success in 6.8 s")
        .endsWith("web     stopped (graceful, 2.1 s)", "the end")
        .noneMatch(line -> line.contains("preparing") || line.contains("stopping"));
    assertThat(screen.colours()).contains("32", "31");
  }

  @Test
  void noColorIsRespectedUnlessItIsEmpty() throws Exception {
    assertThat(Screen.after(shown("1", true), 200).colours()).isEmpty();
    assertThat(Screen.after(shown("", true), 200).colours()).contains("32", "31");
  }

  @Test
  void withoutATerminalThereAreOnlyPlainLines() throws Exception {
    assertThat(shown("unset", false))
        .doesNotContain("\u001b")
        .contains("web     wait-handshake ok         5.1 s  5 tries")
        .endsWith("the end\r\n");
  }
}
