package dev.castra.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BaseImagesTest {
  @TempDir Path folder;

  @Test
  void acceptsQcow2() throws Exception {
    Path file = Images.qcow2(folder.resolve("a, b:c.qcow2"));
    BaseImage image = Images.baseImages().resolve("a, b:c.qcow2", folder);
    assertThat(image).isEqualTo(new BaseImage(file, "qcow2", ImageFingerprint.of(file)));
  }

  @Test
  void acceptsBootableRawImage() throws Exception {
    Images.bootableRaw(folder.resolve("disk.img"));
    assertThat(Images.baseImages().resolve("disk.img", folder).format()).isEqualTo("raw");
  }

  @Test
  void followsLinksToTheRealFile() throws Exception {
    Path file = Images.qcow2(folder.resolve("real.qcow2"));
    Path link = Files.createSymbolicLink(folder.resolve("link.qcow2"), file);
    assertThat(Images.baseImages().resolve(link.toString(), folder).path()).isEqualTo(file);
  }

  @Test
  void refusesWhatIsNotAFile() {
    refuses("missing.qcow2").hasMessageEndingWith("missing.qcow2` does not exist.");
    refuses(".").hasMessageEndingWith(" is not a file.");
    refuses("a\0b").hasMessageContaining("is not a path");
  }

  @Test
  void refusesEmptyFile() throws IOException {
    Files.createFile(folder.resolve("empty"));
    refuses("empty").hasMessageEndingWith("empty` is empty.");
  }

  @Test
  void refusesTextFile() throws IOException {
    Files.writeString(folder.resolve("notes.txt"), "hello");
    refuses("notes.txt").hasMessageEndingWith("is not a disk image.");
  }

  @Test
  void refusesRawImageWithoutBootSector() throws IOException {
    Files.write(folder.resolve("zeros.img"), new byte[4096]);
    refuses("zeros.img").hasMessageEndingWith("is not a disk image.");
  }

  @Test
  void refusesTornQcow2() throws Exception {
    Path file = Images.qcow2(folder.resolve("torn.qcow2"));
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 60));
    refuses("torn.qcow2").hasMessageContaining("cannot be read: qemu-img: ");
  }

  @Test
  void refusesOtherFormats() throws Exception {
    Path file = folder.resolve("disk.vmdk");
    Command.run(
        List.of(Images.qemuImg().toString(), "create", "-f", "vmdk", file.toString(), "1M"),
        Duration.ofSeconds(30));
    refuses("disk.vmdk").hasMessageContaining("has the format `vmdk`");
  }

  @Test
  void refusesOverlayBecauseItsHashWouldNotCoverItsContent() throws Exception {
    Path base = Images.qcow2(folder.resolve("base.qcow2"));
    Images.qcow2(folder.resolve("top.qcow2"), "-b", base.toString(), "-F", "qcow2");
    refuses("top.qcow2").hasMessageEndingWith("is itself an overlay on `" + base + "`.");
  }

  @Test
  void refusesExternalDataFile() throws Exception {
    Images.qcow2(folder.resolve("x.qcow2"), "-o", "data_file=" + folder.resolve("x.data"));
    refuses("x.qcow2").hasMessageContaining("keeps its content in another file");
  }

  @Test
  void looksForTinyGuestInTheCache() {
    assertThat(tinyWith(Map.of("CASTRA_CACHE_DIR", "/c", "XDG_CACHE_HOME", "/x", "HOME", "/h")))
        .isEqualTo(Path.of("/c/images/" + tinyFile()));
    assertThat(tinyWith(Map.of("XDG_CACHE_HOME", "/x", "HOME", "/h")))
        .isEqualTo(Path.of("/x/castra/images/" + tinyFile()));
    assertThat(tinyWith(Map.of("XDG_CACHE_HOME", "relative", "HOME", "/h")))
        .isEqualTo(Path.of("/h/.cache/castra/images/" + tinyFile()));
  }

  @Test
  void saysHowToBuildMissingTinyGuest() {
    BaseImages images =
        new BaseImages(Images.qemuImg(), Map.of("CASTRA_CACHE_DIR", folder.toString()));
    assertThatThrownBy(() -> images.resolve("tiny", folder))
        .isInstanceOfSatisfying(
            CastraException.class, e -> assertThat(e.hint()).isEqualTo("Run `tools/build-guest`."))
        .hasMessageContaining(tinyFile());
  }

  @Test
  void namesThePackagesOfMissingPrograms() {
    assertThatThrownBy(() -> QemuPrograms.find(folder.toString()))
        .isInstanceOfSatisfying(
            CastraException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.PROGRAM_MISSING);
              assertThat(e.hint()).contains("qemu-system-x86 qemu-utils");
            });
  }

  private AbstractThrowableAssert<?, ? extends Throwable> refuses(String baseImage) {
    return assertThatThrownBy(() -> Images.baseImages().resolve(baseImage, folder))
        .isInstanceOfSatisfying(
            CastraException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.BASE_IMAGE_INVALID));
  }

  private static Path tinyWith(Map<String, String> environment) {
    return new BaseImages(Path.of("qemu-img"), environment).tinyLocation();
  }

  private static String tinyFile() {
    return tinyWith(Map.of("HOME", "/h")).getFileName().toString();
  }
}
