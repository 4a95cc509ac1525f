package dev.castra.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes small disk images with the real qemu-img. */
final class Images {
  private Images() {}

  static Path qemuImg() {
    return QemuPrograms.find(System.getenv("PATH")).img();
  }

  static BaseImages baseImages() {
    return new BaseImages(qemuImg(), Map.of());
  }

  static Path qcow2(Path file, String... options) throws InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(qemuImg().toString(), "create", "-q", "-f", "qcow2"));
    command.addAll(List.of(options));
    command.addAll(List.of(file.toString(), "1M"));
    Command.Result result = Command.run(command, Duration.ofSeconds(30));
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    return file;
  }

  static Path bootableRaw(Path file) throws IOException {
    byte[] disk = new byte[1 << 20];
    disk[510] = 0x55;
    disk[511] = (byte) 0xAA;
    return Files.write(file, disk);
  }
}
