package dev.castra.image;

import dev.castra.error.CastraBug;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/** Finds the base image that a configuration names and makes sure that it is one. */
public final class BaseImages {
  /** Value of {@code base_image} that stands for the guest built by {@code tools/build-guest}. */
  public static final String TINY = "tiny";

  private final ImageInspector inspector;
  private final Map<String, String> environment;

  /**
   * @param qemuImg absolute path of {@code qemu-img}
   * @param environment of the process: {@code CASTRA_CACHE_DIR}, {@code XDG_CACHE_HOME} and {@code
   *     HOME} are used
   */
  public BaseImages(Path qemuImg, Map<String, String> environment) {
    this.inspector = new ImageInspector(qemuImg);
    this.environment = Map.copyOf(environment);
  }

  /**
   * Runs {@code qemu-img info} on the image; reads nothing else of it and changes nothing.
   *
   * @param baseImage {@code tiny} or a path, relative to {@code projectDirectory} if not absolute
   * @throws CastraException with {@code BASE_IMAGE_INVALID} if there is no usable image
   */
  public BaseImage resolve(String baseImage, Path projectDirectory) throws InterruptedException {
    Path file = baseImage.equals(TINY) ? tiny() : configured(baseImage, projectDirectory);
    requireReadable(file);
    try {
      ImageFingerprint fingerprint = ImageFingerprint.of(file);
      String format = inspector.formatOf(fingerprint.path());
      return new BaseImage(fingerprint.path(), format, fingerprint);
    } catch (IOException e) {
      throw unusable(file, "cannot be read: " + e.getMessage(), "Check the file.");
    }
  }

  /** Where {@code tools/build-guest} puts the tiny guest; the file need not exist. */
  public Path tinyLocation() {
    return cacheFolder().resolve("images").resolve("tiny-" + tinyVersion() + ".qcow2");
  }

  private Path tiny() {
    Path file = tinyLocation();
    if (!Files.exists(file)) {
      throw new CastraException(
          ErrorCode.BASE_IMAGE_INVALID,
          "The `tiny` guest image is not at `" + file + "`.",
          "Run `tools/build-guest`.");
    }
    return file;
  }

  private static Path configured(String baseImage, Path projectDirectory) {
    try {
      return projectDirectory.toAbsolutePath().resolve(baseImage).normalize();
    } catch (InvalidPathException e) {
      throw new CastraException(
          ErrorCode.BASE_IMAGE_INVALID,
          "`base_image` is not a path: " + e.getReason() + ".",
          "Set `base_image` to `tiny` or to the path of a disk image.",
          e);
    }
  }

  private static void requireReadable(Path file) {
    if (!Files.exists(file)) {
      throw unusable(file, "does not exist", "Set `base_image` to a disk image or to `tiny`.");
    }
    if (!Files.isRegularFile(file)) {
      throw unusable(file, "is not a file", "Set `base_image` to a disk image or to `tiny`.");
    }
    if (!Files.isReadable(file)) {
      throw unusable(file, "is not readable by you", "Check its owner and mode.");
    }
  }

  private Path cacheFolder() {
    String own = environment.getOrDefault("CASTRA_CACHE_DIR", "");
    if (!own.isEmpty()) {
      return Path.of(own).toAbsolutePath();
    }
    // The XDG Base Directory Specification has relative paths ignored.
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    if (xdg.startsWith("/")) {
      return Path.of(xdg, "castra");
    }
    String home = environment.getOrDefault("HOME", "");
    if (home.isEmpty()) {
      throw new CastraException(
          ErrorCode.BASE_IMAGE_INVALID,
          "There is no cache folder: neither `CASTRA_CACHE_DIR` nor `HOME` is set.",
          "Set `CASTRA_CACHE_DIR`.");
    }
    return Path.of(home, ".cache", "castra");
  }

  private static String tinyVersion() {
    try (InputStream version = BaseImages.class.getResourceAsStream("VERSION")) {
      if (version == null) {
        throw new CastraBug("the resource VERSION of the tiny guest is missing");
      }
      return new String(version.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static CastraException unusable(Path file, String what, String hint) {
    return new CastraException(
        ErrorCode.BASE_IMAGE_INVALID, "Base image `" + file + "` " + what + ".", hint);
  }
}
