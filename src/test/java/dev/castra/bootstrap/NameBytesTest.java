package dev.castra.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NameBytesTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "61622063, ab c",
        "2d7266, -rf",
        "c3a9, é",
        "e6bca2e5ad97, 漢字",
        "f09f9880, \uD83D\uDE00",
        "620a63, b\\x0ac",
        "1b5b326d, \\x1b[2m",
        "7f, \\x7f",
        "c285, \\xc2\\x85",
        "5c, \\x5c",
        "5c783061, \\x5cx0a",
        "ff80, \\xff\\x80",
        "62c3, b\\xc3",
        "e6bc, \\xe6\\xbc",
        "c0af, \\xc0\\xaf",
        "eda080, \\xed\\xa0\\x80",
        "f4908080, \\xf4\\x90\\x80\\x80",
        "f5808080, \\xf5\\x80\\x80\\x80",
        "c3a9ffc3a9, é\\xffé"
      })
  void showsNamesSoThatNothingIsLostAndNothingIsObeyed(String hex, String shown) {
    assertThat(NameBytes.printable(HexFormat.of().parseHex(hex))).isEqualTo(shown);
  }

  @Test
  void anEmptyNameIsShownAsNothing() {
    assertThat(NameBytes.printable(new byte[0])).isEmpty();
  }

  @Test
  void differentNamesLookDifferent() {
    byte[] alphabet = {'a', '\\', 'x', '0', '\n', (byte) 0xc3, (byte) 0xa9, (byte) 0xff};
    List<byte[]> names = new ArrayList<>();
    for (byte a : alphabet) {
      for (byte b : alphabet) {
        for (byte c : alphabet) {
          for (byte d : alphabet) {
            names.add(new byte[] {a, b, c, d});
          }
        }
      }
    }
    Set<String> shown = new HashSet<>();
    names.forEach(name -> shown.add(NameBytes.printable(name)));

    assertThat(shown).hasSameSizeAs(names);
  }

  @Test
  void theBytesOfAPathAreThoseOnDisk() {
    Path path = Path.of(URI.create("file:///a%20b/%ff%25"));

    assertThat(NameBytes.absolute(path)).isEqualTo(latin1("/a b/\u00ff%"));
    assertThat(NameBytes.lastComponent(path)).isEqualTo(latin1("\u00ff%"));
    assertThat(NameBytes.absolute(Path.of("/"))).isEqualTo(latin1("/"));
    assertThat(NameBytes.absolute(Path.of("/tmp"))).isEqualTo(latin1("/tmp"));
    assertThat(NameBytes.lastComponent(Path.of("/tmp"))).isEqualTo(latin1("tmp"));
  }

  @Test
  void aRelativePathStaysRelativeWhateverTheWorkingFolderIs() {
    assertThat(NameBytes.relative(Path.of("../x y"))).isEqualTo(latin1("../x y"));
    assertThat(NameBytes.relative(Path.of("tmp"))).isEqualTo(latin1("tmp"));
    assertThat(NameBytes.relative(Path.of("."))).isEqualTo(latin1("."));
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
