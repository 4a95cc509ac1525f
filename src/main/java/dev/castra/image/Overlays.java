package dev.castra.image;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.Command;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Creates the disks of VMs: qcow2 overlays on a base image. */
public final class Overlays {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path qemuImg;

  /**
   * @param qemuImg absolute path of {@code qemu-img}
   */
  public Overlays(Path qemuImg) {
    this.qemuImg = qemuImg;
  }

  /**
   * Creates an empty overlay, mode 0600, durable on return. It appears under its name complete or
   * not at all.
   *
   * @param target absolute path in an existing folder; nothing may be there yet
   * @throws CastraException with {@code CANNOT_CREATE} if it cannot be created
   */
  public void create(BaseImage base, Path target) throws InterruptedException {
    if (Files.exists(target)) {
      throw failure(target, "it exists already", null);
    }
    Path unfinished = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      runCreate(base, target, unfinished);
      Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-------"));
      try (RandomAccessFile created = new RandomAccessFile(unfinished.toFile(), "rw")) {
        created.getFD().sync();
      }
      Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw failure(target, String.valueOf(e.getMessage()), e);
    } finally {
      remove(unfinished);
    }
  }

  /**
   * Tells an overlay that its base image, with the same content, lies elsewhere now. Not while a VM
   * uses it. Repeatable.
   *
   * @throws CastraException with {@code CANNOT_CREATE} if the overlay cannot be changed
   */
  public void rebase(BaseImage base, Path overlay) throws InterruptedException {
    Command.Result result =
        Command.run(
            List.of(
                qemuImg.toString(),
                "rebase",
                "-u",
                "-f",
                "qcow2",
                "-b",
                base.path().toString(),
                "-F",
                base.format(),
                overlay.toAbsolutePath().toString()),
            LIMIT);
    if (!result.succeeded()) {
      throw failure(overlay, QemuImgError.of(result), null);
    }
  }

  /**
   * The base image an overlay was made on, as written in the overlay; empty if it has none. Works
   * while a VM is using the overlay.
   *
   * @throws CastraException with {@code IO} if the overlay cannot be read
   */
  public Optional<Path> backingFile(Path overlay) throws InterruptedException {
    try {
      String backing = new ImageInspector(qemuImg).info(overlay).get("/backing-filename");
      return Optional.ofNullable(backing).map(Path::of);
    } catch (IOException e) {
      throw new CastraException(
          ErrorCode.IO,
          "Disk `" + overlay + "` cannot be read: " + e.getMessage() + ".",
          "Run `qemu-img info` on it.",
          e);
    }
  }

  /** Absolute paths only: qemu-img takes what stands before a colon for a protocol otherwise. */
  private void runCreate(BaseImage base, Path target, Path unfinished) throws InterruptedException {
    Command.Result result =
        Command.run(
            List.of(
                qemuImg.toString(),
                "create",
                "-q",
                "-f",
                "qcow2",
                "-b",
                base.path().toString(),
                "-F",
                base.format(),
                unfinished.toAbsolutePath().toString()),
            LIMIT);
    if (!result.succeeded()) {
      throw failure(target, QemuImgError.of(result), null);
    }
  }

  private static void remove(Path unfinished) {
    try {
      Files.deleteIfExists(unfinished);
    } catch (IOException e) {
      // Only ever a hidden file of ours in a folder of ours; the failure itself matters more.
    }
  }

  private static CastraException failure(Path target, String why, @Nullable Throwable cause) {
    boolean full = why.contains("No space left on device");
    return new CastraException(
        ErrorCode.CANNOT_CREATE,
        "Disk `"
            + target
            + "` cannot be created: "
            + (full ? "the file system is full" : why)
            + ".",
        full ? "Free some space, or run `castra clean`." : "Check the folder and the base image.",
        cause);
  }
}
