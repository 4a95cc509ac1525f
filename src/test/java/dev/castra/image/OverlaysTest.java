package dev.castra.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OverlaysTest {
  @TempDir Path temporary;

  private final Overlays overlays = new Overlays(Images.qemuImg());
  private Path folder = Path.of("");

  @BeforeEach
  void awkwardFolder() throws IOException {
    folder = Files.createDirectory(temporary.resolve("a, b:c=d %e"));
  }

  @Test
  void createsOverlayThatNamesItsBase() throws Exception {
    BaseImage base = base();
    Path disk = folder.resolve("disk,1.qcow2");
    overlays.create(base, disk);
    assertThat(new ImageInspector(Images.qemuImg()).info(disk))
        .containsEntry("/backing-filename", base.path().toString());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(disk)))
        .isEqualTo("rw-------");
    assertThat(files()).containsExactly("base.qcow2", "disk,1.qcow2");
  }

  @Test
  void neverOverwritesADisk() throws Exception {
    BaseImage base = base();
    Path disk = Files.writeString(folder.resolve("disk.qcow2"), "precious");
    assertThatThrownBy(() -> overlays.create(base, disk))
        .isInstanceOf(CastraException.class)
        .hasMessageEndingWith("it exists already.");
    assertThat(disk).hasContent("precious");
  }

  @Test
  void leavesNothingBehindWhenTheBaseIsGone() throws Exception {
    BaseImage base = base();
    Files.delete(base.path());
    assertThatThrownBy(() -> overlays.create(base, folder.resolve("disk.qcow2")))
        .isInstanceOfSatisfying(
            CastraException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANNOT_CREATE))
        .hasMessageContaining("No such file or directory");
    assertThat(files()).isEmpty();
  }

  private BaseImage base() throws IOException, InterruptedException {
    Images.qcow2(folder.resolve("base.qcow2"));
    return Images.baseImages().resolve("base.qcow2", folder);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
