package dev.castra.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.vm.VmName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LogOutputTest {
  private static final byte[] RUDE =
      "a\tb\r\n\u001b[2Jc\rd größe 漢字 😀\n".getBytes(StandardCharsets.UTF_8);

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(written, false, StandardCharsets.UTF_8);

  @Test
  void aPipeGetsEveryByteAsItIs() throws IOException {
    byte[] bytes = {0, (byte) 0xff, '\r', 27, '\n', (byte) 0xc3};
    try (OutputStream log = new LogOutput(out, false, 3).of(Optional.empty())) {
      log.write(bytes);
    }

    assertThat(written.toByteArray()).isEqualTo(bytes);
  }

  @Test
  void aTerminalIsShownWhatItMustNotObeyHoweverItArrives() throws IOException {
    String visible = "a\tb\n\\x1b[2Jc\\x0dd größe 漢字 😀\n";
    try (OutputStream log = new LogOutput(out, true, 3).of(Optional.empty())) {
      log.write(RUDE);
      log.flush();
      assertThat(written.toString(StandardCharsets.UTF_8)).isEqualTo(visible);
      written.reset();
      for (byte b : RUDE) {
        log.write(b);
        log.flush();
      }
    }

    assertThat(written.toString(StandardCharsets.UTF_8)).isEqualTo(visible);
  }

  @Test
  void whatIsNotUtf8IsReplacedOnATerminal() throws IOException {
    try (OutputStream log = new LogOutput(out, true, 3).of(Optional.empty())) {
      log.write(new byte[] {'a', (byte) 0xff, 'b', (byte) 0xc3});
    }

    assertThat(written.toString(StandardCharsets.UTF_8)).isEqualTo("a\ufffdb\ufffd");
  }

  @Test
  void linesOfSeveralVmsDoNotMixAndEachSaysWhoseItIs() throws IOException {
    LogOutput output = new LogOutput(out, false, 3);
    try (OutputStream web = output.of(Optional.of(new VmName("web")));
        OutputStream db = output.of(Optional.of(new VmName("db")))) {
      write(web, "one\nha");
      write(db, "two\n\nhalf");
      write(web, "lf\n");
    }

    assertThat(written.toString(StandardCharsets.UTF_8))
        .isEqualTo("web  | one\ndb   | two\ndb   | \nweb  | half\ndb   | half\n");
  }

  @Test
  void aLineWithoutEndIsCutBeforeItFillsTheMemory() throws IOException {
    try (OutputStream web = new LogOutput(out, false, 3).of(Optional.of(new VmName("web")))) {
      web.write("x".repeat(100_000).getBytes(StandardCharsets.UTF_8));
    }

    assertThat(written.toString(StandardCharsets.UTF_8).lines())
        .containsExactly("web  | " + "x".repeat(65_536), "web  | " + "x".repeat(34_464));
  }

  @Test
  void whoDoesNotReadAnyMoreIsNoticed() throws IOException {
    PrintStream closed =
        new PrintStream(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
              }
            },
            false,
            StandardCharsets.UTF_8);
    OutputStream log = new LogOutput(closed, false, 3).of(Optional.empty());
    log.write('x');

    assertThatThrownBy(log::flush).isInstanceOf(IOException.class);
  }

  private static void write(OutputStream log, String text) throws IOException {
    log.write(text.getBytes(StandardCharsets.UTF_8));
    log.flush();
  }
}
