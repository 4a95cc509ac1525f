package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GrowingFileTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void aFileThatGetsAnotherNameBeforeItIsOpenedIsFoundAgain() throws IOException {
    Path renamed = Files.writeString(folder.resolve("1.log"), "said");
    Iterator<Path> names = List.of(folder.resolve("1.log.part"), renamed).iterator();

    try (GrowingFile file = new GrowingFile(() -> Optional.of(names.next()))) {
      assertThat(file.copyTo(out)).isTrue();
      assertThat(file.opened()).isTrue();
    }

    assertThat(out).hasToString("said");
  }

  @Test
  void aFileThatIsGoneIsNotLookedForForEver() {
    try (GrowingFile file = new GrowingFile(() -> Optional.of(folder.resolve("1.log")))) {
      assertThat(file.copyTo(out)).isFalse();
      assertThat(file.opened()).isFalse();
    }
  }
}
