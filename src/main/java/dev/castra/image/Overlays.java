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
import java.util.ArrayList;
import java.util.List;
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
   * not at all; a process that is killed meanwhile leaves {@link #unfinished}.
   *
   * @param target absolute path in an existing folder; nothing may be there yet
   * @throws CastraException with {@code CANNOT_CREATE} if it cannot be created
   */
  public void create(BaseImage base, Path target) throws InterruptedException {
    if (Files.exists(target)) {
      throw failure(target, "it exists already", null);
    }
    Path unfinished = unfinished(target);
    try {
      onBase(base, unfinished, target, "create", "-q");
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

  /** Where {@link #create} makes {@code target}; no other file of ours has that name. */
  public static Path unfinished(Path target) {
    return target.resolveSibling("." + target.getFileName() + ".unfinished");
  }

  /**
   * Tells an overlay that its base image, with the same content, lies elsewhere now. Not while a VM
   * uses it. Repeatable.
   *
   * @throws CastraException with {@code CANNOT_CREATE} if the overlay cannot be changed
   */
  public void rebase(BaseImage base, Path overlay) throws InterruptedException {
    onBase(base, overlay, overlay, "rebase", "-u");
  }

  /**
   * Runs {@code qemu-img} with the base image and an overlay as its last operands. Absolute paths
   * only: qemu-img takes what stands before a colon for a protocol otherwise.
   *
   * @param disk what the failure is about
   */
  private void onBase(BaseImage base, Path overlay, Path disk, String subcommand, String... options)
      throws InterruptedException {
    List<String> command = new ArrayList<>(List.of(qemuImg.toString(), subcommand));
    command.addAll(List.of(options));
    command.addAll(List.of("-f", "qcow2", "-b", base.path().toString(), "-F", base.format()));
    command.add(overlay.toAbsolutePath().toString());
    Command.Result result = Command.run(command, LIMIT);
    if (!result.succeeded()) {
      throw failure(disk, QemuImgError.of(result), null);
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
