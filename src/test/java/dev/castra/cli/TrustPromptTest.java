package dev.castra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.guest.SshGuestServer;
import dev.castra.guest.SshIdentity;
import dev.castra.guest.SshKeys;
import dev.castra.it.Host;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The question of {@code castra trust} on a real terminal. */
@Timeout(120)
final class TrustPromptTest {
  private static final int CTRL_C = 3;

  @TempDir Path folder;

  @Test
  void theFirstCtrlCEndsIt() throws Exception {
    SshIdentity client = SshKeys.generate("castra");
    try (SshGuestServer guest = SshGuestServer.start(client)) {
      describe(client, guest.port());
      Path shown = folder.resolve("shown");
      String child =
          String.join(
              " ",
              "exec env --default-signal=INT",
              System.getProperty("java.home") + "/bin/java",
              "-XX:TieredStopAtLevel=1",
              "-cp",
              "'" + System.getProperty("java.class.path") + "'",
              Main.class.getName(),
              "trust web --config '" + folder + "'");
      Process script =
          new ProcessBuilder(List.of("script", "-qefc", child, shown.toString()))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectErrorStream(true)
              .start();
      try {
        Host.await("the question", () -> text(shown).contains("Accept it?"));
        script.getOutputStream().write(CTRL_C);
        script.getOutputStream().flush();

        assertThat(script.waitFor(60, TimeUnit.SECONDS)).as(text(shown)).isTrue();
        assertThat(script.exitValue()).as(text(shown)).isEqualTo(130);
      } finally {
        script.destroyForcibly();
      }
    }
  }

  private void describe(SshIdentity client, int port) throws IOException {
    Files.writeString(folder.resolve("id"), client.privateKeyText());
    Files.writeString(
        folder.resolve("castra.toml"),
        """
        [[vms]]
        name = "web"
        driver = "ssh"
        [vms.ssh]
        host = "127.0.0.1"
        port = %d
        identity_file = "id"
        """
            .formatted(port));
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
