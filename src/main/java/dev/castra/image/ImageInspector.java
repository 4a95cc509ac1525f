package dev.castra.image;

import static dev.castra.image.BaseImages.unusable;

import dev.castra.process.Command;
import dev.castra.process.JsonScalars;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Asks {@code qemu-img} what a file is, and refuses what cannot be a base image. */
final class ImageInspector {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int SECTOR_BYTES = 512;
  private static final String CONVERT = "Convert it with `qemu-img convert -O qcow2 OLD NEW`.";

  private final Path qemuImg;

  ImageInspector(Path qemuImg) {
    this.qemuImg = qemuImg;
  }

  /** {@code qcow2} or {@code raw}. */
  String formatOf(Path image) throws IOException, InterruptedException {
    if (Files.size(image) == 0) {
      throw unusable(image, "is empty", "Build or download it again.");
    }
    Map<String, String> info = info(image);
    String format = info.getOrDefault("/format", "");
    switch (format) {
      case "qcow2" -> requireSelfContained(image, info);
      case "raw" -> requireBootSector(image);
      default ->
          throw unusable(image, "has the format `" + format + "`, not qcow2 or raw", CONVERT);
    }
    return format;
  }

  /** What {@code qemu-img info} says, by JSON pointer; takes no lock, so a VM may be using it. */
  Map<String, String> info(Path image) throws IOException, InterruptedException {
    Command.Result result =
        Command.run(
            List.of(qemuImg.toString(), "info", "-U", "--output=json", image.toString()), LIMIT);
    if (!result.succeeded()) {
      throw new IOException(QemuImgError.of(result));
    }
    return JsonScalars.parse(result.stdout());
  }

  /** The hash of an image must cover all of its content. */
  private static void requireSelfContained(Path image, Map<String, String> info) {
    String backing = info.get("/backing-filename");
    if (backing != null) {
      throw unusable(image, "is itself an overlay on `" + backing + "`", CONVERT);
    }
    String data = info.get("/format-specific/data/data-file");
    if (data != null) {
      throw unusable(image, "keeps its content in another file, `" + data + "`", CONVERT);
    }
  }

  /** Any file at all is "raw" to QEMU; one that can be booted ends its first sector in 55 AA. */
  private static void requireBootSector(Path image) throws IOException {
    byte[] sector;
    try (InputStream content = Files.newInputStream(image)) {
      sector = content.readNBytes(SECTOR_BYTES);
    }
    boolean bootable =
        Files.size(image) % SECTOR_BYTES == 0
            && sector.length == SECTOR_BYTES
            && sector[510] == 0x55
            && sector[511] == (byte) 0xAA;
    if (!bootable) {
      throw unusable(
          image, "is not a disk image", "Set `base_image` to a qcow2 or a bootable raw image.");
    }
  }
}
