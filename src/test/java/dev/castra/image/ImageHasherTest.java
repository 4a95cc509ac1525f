package dev.castra.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.vm.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageHasherTest {
  @TempDir Path folder;

  private final Map<ImageFingerprint, Sha256> remembered = new HashMap<>();
  private final ImageHasher hasher = new ImageHasher(cache());
  private Path file = Path.of("");

  @BeforeEach
  void writeImage() throws IOException {
    file = Files.write(folder.resolve("image"), new byte[3_000_000]);
  }

  @Test
  void hashesTheContentAndRemembersIt() throws Exception {
    Sha256 expected = Sha256.of(new byte[3_000_000]);
    BaseImage image = inspected();
    assertThat(hasher.hash(image, () -> {})).isEqualTo(expected);
    assertThat(remembered).containsExactly(Map.entry(image.fingerprint(), expected));
  }

  @Test
  void asksTheCacheBeforeReading() throws Exception {
    Sha256 known = Sha256.of(new byte[] {1});
    BaseImage image = inspected();
    remembered.put(image.fingerprint(), known);
    assertThat(hasher.hash(image, () -> {})).isEqualTo(known);
  }

  @Test
  void refusesImageThatChangedSinceItWasInspected() throws Exception {
    BaseImage image = inspected();
    Files.write(file, new byte[1], StandardOpenOption.APPEND);
    assertThatThrownBy(() -> hasher.hash(image, () -> {}))
        .isInstanceOf(CastraException.class)
        .hasMessageEndingWith("changed while it was read.");
    assertThat(remembered).isEmpty();
  }

  @Test
  void noticesReplacementWithSameSizeAndTime() throws Exception {
    ImageFingerprint before = ImageFingerprint.of(file);
    Path other = Files.write(folder.resolve("other"), new byte[3_000_000]);
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    assertThat(ImageFingerprint.of(file)).isNotEqualTo(before);
  }

  @Test
  void noticesNewModificationTime() throws Exception {
    ImageFingerprint before = ImageFingerprint.of(file);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
    ImageFingerprint after = ImageFingerprint.of(file);
    assertThat(after.mtimeNs()).isEqualTo(1_000_000_000);
    assertThat(after).isNotEqualTo(before);
  }

  @Test
  void stopsWhenInterrupted() throws Exception {
    BaseImage image = inspected();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> hasher.hash(image, () -> {})).isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void asksBeforeEachChunkWhetherToGoOn() throws Exception {
    BaseImage image = inspected();
    AtomicInteger chunks = new AtomicInteger();
    Runnable enough =
        () -> {
          if (chunks.incrementAndGet() == 3) {
            throw new IllegalStateException("enough");
          }
        };
    assertThatThrownBy(() -> hasher.hash(image, enough)).hasMessage("enough");
    assertThat(remembered).isEmpty();
    assertThat(hasher.hash(image, chunks::incrementAndGet)).isNotNull();
    assertThat(chunks).hasValueGreaterThan(5);
  }

  private BaseImage inspected() throws IOException {
    return new BaseImage(file, "raw", ImageFingerprint.of(file));
  }

  private ImageHashCache cache() {
    return new ImageHashCache() {
      @Override
      public Optional<Sha256> find(ImageFingerprint fingerprint) {
        return Optional.ofNullable(remembered.get(fingerprint));
      }

      @Override
      public void remember(ImageFingerprint fingerprint, Sha256 hash) {
        remembered.put(fingerprint, hash);
      }
    };
  }
}
