package dev.castra.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConsoleTextTest {
  private static final String ESC = "\u001b";

  private final ConsoleText text = new ConsoleText();
  private final List<String> lines = new ArrayList<>();

  @Test
  void linesEndWithOrWithoutACarriageReturn() {
    send("one\r\ntwo\nthree\r\r\nfour");

    assertThat(lines).containsExactly("one", "two", "three");
    assertThat(text.unfinished()).isEqualTo("four");
  }

  @Test
  void coloursAndTitlesLeaveNoTrace() {
    send("[" + ESC + "[0;32m  OK  " + ESC + "[0m] Started " + ESC + "]0;title\u0007it.\n");
    send(ESC + "]2;other title" + ESC + "\\" + ESC + "[?25h" + ESC + "(B" + ESC + "=done\n");

    assertThat(lines).containsExactly("[  OK  ] Started it.", "done");
  }

  @Test
  void aCursorThatGoesElsewhereBeginsAnotherLine() {
    send("Welcome" + ESC + "[2;1Hgrub> ");

    assertThat(lines).containsExactly("Welcome");
    assertThat(text.unfinished()).isEqualTo("grub>");
  }

  @Test
  void aLineThatIsDrawnAnewReplacesTheOldOne() {
    send("(1 of 2) A start job is running\r(2 of 2) A start job is running\r\n");

    assertThat(lines).containsExactly("(2 of 2) A start job is running");
  }

  @Test
  void controlCharactersAndInvisibleOnesAreDropped() {
    send("a\u0000b\u0007c\td\u202ee\u0085f\n");

    assertThat(lines).containsExactly("abc def");
  }

  @Test
  void whatIsNoUtf8IsMarked() {
    byte[] bytes = {'a', (byte) 0xC3, 'b', (byte) 0xFF, '\n'};
    text.feed(bytes, bytes.length, lines::add);

    assertThat(lines).containsExactly("a\uFFFDb\uFFFD");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void bytesMayArriveInPiecesOfAnySize(int size) {
    byte[] bytes = ("é…" + ESC + "[1;31mrot" + ESC + "[0m\r\nweb login: ").getBytes(UTF_8);
    for (int start = 0; start < bytes.length; start += size) {
      int length = Math.min(size, bytes.length - start);
      byte[] piece = new byte[length];
      System.arraycopy(bytes, start, piece, 0, length);
      text.feed(piece, length, lines::add);
    }

    assertThat(lines).containsExactly("é…rot");
    assertThat(text.unfinished()).isEqualTo("web login:");
  }

  @ParameterizedTest
  @CsvSource({"']'", "P", "'['"})
  void anEscapeThatNeverEndsSwallowsNoMoreThanItsLine(String kind) {
    send("before" + ESC + kind + "1234\nKernel panic - not syncing: x\n");

    assertThat(lines).last().isEqualTo("Kernel panic - not syncing: x");
  }

  @Test
  void aLineWithoutEndTakesNoMemory() {
    byte[] piece = "x".repeat(1 << 16).getBytes(UTF_8);
    for (int i = 0; i < 16; i++) {
      text.feed(piece, piece.length, lines::add);
    }

    assertThat(text.unfinished()).hasSizeLessThan(4096).startsWith("xxx");
  }

  @Test
  void noiseIsSurvivedAndWhatFollowsItIsRead() {
    byte[] noise = new byte[1 << 16];
    new Random(7).nextBytes(noise);
    text.feed(noise, noise.length, lines::add);
    lines.clear();
    send("\n\nafter the noise\n");

    assertThat(lines).last().isEqualTo("after the noise");
  }

  private static final java.nio.charset.Charset UTF_8 = StandardCharsets.UTF_8;

  private void send(String sent) {
    byte[] bytes = sent.getBytes(UTF_8);
    text.feed(bytes, bytes.length, lines::add);
  }
}
