package dev.castra.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PrivateFilesTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("file");
  }

  @Test
  void foldersAndFilesAreTheOwners() throws IOException {
    Path deep = PrivateFiles.createFolder(folder.resolve("a/b"));
    PrivateFiles.write(deep.resolve("written"), bytes("1"));
    PrivateFiles.writeAtomically(deep.resolve("replaced"), "2");
    PrivateFiles.createAtomically(deep.resolve("created"), bytes("3"));

    assertThat(List.of(mode(deep.resolveSibling("")), mode(deep))).containsOnly("rwx------");
    try (Stream<Path> files = Files.list(deep)) {
      assertThat(files.map(PrivateFilesTest::mode))
          .containsExactly("rw-------", "rw-------", "rw-------");
    }
  }

  @Test
  void aFileInPlaceOfAFolderIsNamed() throws IOException {
    Files.createFile(file);

    assertThatThrownBy(() -> PrivateFiles.createFolder(file))
        .isInstanceOf(CastraException.class)
        .hasMessageContaining("`" + file + "`")
        .hasMessageContaining("a file is in its place");
  }

  @Test
  void aFileIsReplacedByTheNewText() throws IOException {
    PrivateFiles.writeAtomically(file, "a long first text");
    PrivateFiles.writeAtomically(file, "second");
    assertThat(file).hasContent("second");

    PrivateFiles.write(file, bytes("3"));
    assertThat(file).hasContent("3");
    assertThat(names()).containsExactly("file");
  }

  @Test
  void whatCannotBeReplacedStaysAndNothingIsLeftBesideIt() throws IOException {
    Files.createDirectories(file.resolve("in the way"));

    assertThatThrownBy(() -> PrivateFiles.writeAtomically(file, "text"))
        .isInstanceOf(IOException.class);
    assertThat(names()).containsExactly("file");
  }

  @Test
  void aFileThatExistsIsNotCreatedAgain() throws IOException {
    assertThat(PrivateFiles.createAtomically(file, bytes("first"))).isTrue();
    assertThat(PrivateFiles.createAtomically(file, bytes("second"))).isFalse();

    assertThat(file).hasContent("first");
    assertThat(names()).containsExactly("file");
  }

  @Test
  void ofManyCreatorsExactlyOneWins() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Boolean>> creators =
          IntStream.range(0, 40)
              .<Callable<Boolean>>mapToObj(
                  i -> () -> PrivateFiles.createAtomically(file, bytes("by " + i)))
              .toList();
      int winners = 0;
      for (Future<Boolean> won : threads.invokeAll(creators, 60, TimeUnit.SECONDS)) {
        winners += won.get() ? 1 : 0;
      }
      assertThat(winners).isEqualTo(1);
      assertThat(names()).containsExactly("file");
    } finally {
      threads.shutdownNow();
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(path -> path.getFileName().toString()).toList();
    }
  }

  private static String mode(Path path) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
