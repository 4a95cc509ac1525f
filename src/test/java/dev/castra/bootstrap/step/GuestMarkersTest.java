package dev.castra.bootstrap.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GuestMarkersTest {
  private final ByteArrayOutputStream passedOn = new ByteArrayOutputStream();
  private final GuestMarkers markers = new GuestMarkers(passedOn);

  private void print(String output) throws IOException {
    print(output, Integer.MAX_VALUE);
  }

  /** Writes in pieces, as they may come over a connection, and ends as a script does. */
  private void print(String output, int pieceBytes) throws IOException {
    byte[] bytes = output.getBytes(StandardCharsets.UTF_8);
    for (int start = 0; start < bytes.length; start += Math.min(pieceBytes, bytes.length)) {
      markers.write(bytes, start, Math.min(pieceBytes, bytes.length - start));
    }
    markers.endLine();
    assertThat(passedOn.toByteArray()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Castra:noop\n",
        "Castra:noop",
        "Castra:noop\r\n",
        "Castra:noop  \n",
        "\nCastra:noop\n\n",
        "before\nCastra:noop\nafter\n",
        "before\r\nCastra:noop\r\nafter"
      })
  void aLineOfItsOwnSaysThatThereWasNothingToDo(String output) throws IOException {
    print(output);
    assertThat(markers.noop()).isTrue();
    assertThat(markers.error()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "Castra:noop!\n",
        "+ echo Castra:noop\n",
        " Castra:noop\n",
        "castra:noop\n",
        "Castra: noop\n",
        "Castra:noo\np\n",
        "Castra:noopCastra:noop\n",
        "50%\rCastra:noop\n",
        "the log says Castra:error: x\n",
        "Castra:error\n",
        "Castra:err\nor: x\n",
        " Castra:error: x\n"
      })
  void anythingElseIsOnlyOutput(String output) throws IOException {
    print(output);
    assertThat(markers.noop()).isFalse();
    assertThat(markers.error()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 11, 12, 13})
  void markersAreFoundHoweverTheOutputIsCut(int pieceBytes) throws IOException {
    print("ü\r\nCastra:noop\r\nCastra:error:  größe 漢字 \r\nend", pieceBytes);
    assertThat(markers.noop()).isTrue();
    assertThat(markers.error()).contains("größe 漢字");
  }

  @Test
  void theLastReasonCounts() throws IOException {
    print("Castra:error: one\nCastra:error: two\n");
    assertThat(markers.error()).contains("two");
  }

  @Test
  void theLastLineNeedsNoLineBreak() throws IOException {
    print("x\nCastra:error: no licence");
    assertThat(markers.error()).contains("no licence");
  }

  @Test
  void aLineThatHasNotEndedIsNotYetAMarker() throws IOException {
    markers.write("Castra:noop".getBytes(StandardCharsets.UTF_8));
    assertThat(markers.noop()).isFalse();
    markers.write("pety\n".getBytes(StandardCharsets.UTF_8));
    assertThat(markers.noop()).isFalse();
  }

  @Test
  void aReasonWithoutEndIsCutAndPassedOnWhole() throws IOException {
    print("Castra:error: " + "x".repeat(5_000_000) + "\nCastra:noop\n", 8_192);
    assertThat(markers.error().orElseThrow()).matches("x{900,1000}\\.{3}");
    assertThat(markers.noop()).isTrue();
  }

  @Test
  void aCutLeavesNoHalfCharacter() throws IOException {
    print("Castra:error:" + "漢".repeat(400) + "\n");
    assertThat(markers.error().orElseThrow()).matches("漢+\\.{3}");
  }

  @Test
  void aVeryLongLineIsNoMarkerWhateverItBeginsWith() throws IOException {
    print("Castra:noop" + " ".repeat(2_000) + "and more\n");
    assertThat(markers.noop()).isFalse();
  }

  @Test
  void bytesPassThroughUnchangedOneByOneAndInPieces() throws IOException {
    byte[] random = new byte[10_000];
    new Random(1).nextBytes(random);
    markers.write(random[0]);
    markers.write(random, 1, random.length - 1);

    assertThat(passedOn.toByteArray()).isEqualTo(random);
  }

  @Test
  void whatFollowsIsStillReadAfterALineThatIsNotUtf8() throws IOException {
    markers.write(new byte[] {(byte) 0xff, (byte) 0xfe, (byte) 0xc3, '\n'});
    markers.write("Castra:noop\n".getBytes(StandardCharsets.UTF_8));
    assertThat(markers.noop()).isTrue();
  }

  @Test
  void piecesArePassedOnInOneCall() throws IOException {
    int[] calls = {0};
    OutputStream counting =
        new OutputStream() {
          @Override
          public void write(int b) {
            calls[0]++;
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            calls[0]++;
          }
        };
    try (GuestMarkers counted = new GuestMarkers(counting)) {
      counted.write(new byte[8_192], 0, 8_192);
    }
    assertThat(calls[0]).isEqualTo(1);
  }
}
