package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.image.BaseImage;
import dev.castra.image.ImageFingerprint;
import dev.castra.image.ImageHasher;
import dev.castra.vm.Sha256;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageLooksTest {
  @TempDir Path folder;

  @Test
  void anImageThatNobodyRemembersIsReadOnce() throws Exception {
    Path file = Files.writeString(folder.resolve("image"), "content");
    BaseImage image = new BaseImage(file, "raw", ImageFingerprint.of(file));
    ImageLooks looks = new ImageLooks();
    AtomicInteger reads = new AtomicInteger();

    for (int vm = 0; vm < 3; vm++) {
      assertThat(
              new ImageHasher(looks.hashes(Optional.empty())).hash(image, reads::incrementAndGet))
          .isEqualTo(Sha256.of("content".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    assertThat(reads.get()).as("before each chunk and the end of one reading").isLessThan(4);
  }

  @Test
  void whatTheRecordRemembersIsNotReadAtAll() {
    Sha256 hash = Sha256.of(new byte[] {1});
    ImageFingerprint anything = new ImageFingerprint(folder, 1, 2, "3");

    assertThat(new ImageLooks().hashes(Optional.of(hash)).find(anything)).contains(hash);
  }
}
