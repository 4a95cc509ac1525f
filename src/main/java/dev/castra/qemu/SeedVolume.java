package dev.castra.qemu;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes the folder that QEMU serves as the volume {@code cidata}, in the form of cloud-init's
 * NoCloud data source.
 */
public final class SeedVolume {
  private static final String META_DATA = "meta-data";
  private static final String USER_DATA = "user-data";
  private static final FileAttribute<?> PRIVATE_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /** Host names that YAML 1.1 would read as a number, a truth value or nothing. */
  private static final Pattern NOT_TEXT_TO_YAML =
      Pattern.compile("[0-9].*|null|true|false|yes|no|on|off|y|n");

  private SeedVolume() {}

  /**
   * Puts the seed at {@code folder}, replacing an earlier one; it is there complete or not at all.
   * The folder is 0700, its files 0600: they hold the guest's private host key.
   *
   * @param folder absolute path in an existing folder
   * @throws CastraException with {@code CANNOT_CREATE} if it cannot be written
   */
  public static void write(Path folder, Seed seed) {
    Path unfinished = unfinished(folder);
    try {
      deleteFolder(unfinished);
      Files.createDirectory(unfinished, PRIVATE_FOLDER);
      writeText(unfinished.resolve(META_DATA), metaData(seed));
      writeText(unfinished.resolve(USER_DATA), userData(seed));
      deleteFolder(folder);
      Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new CastraException(
          ErrorCode.CANNOT_CREATE,
          "Seed `" + folder + "` cannot be written: " + e.getMessage() + ".",
          "Check the folder and the disk it is on.",
          e);
    }
  }

  private static Path unfinished(Path folder) {
    return folder.resolveSibling("." + folder.getFileName() + ".unfinished");
  }

  /**
   * Deletes the seed at {@code folder}, and what a killed {@link #write} left of one. Repeatable.
   *
   * @throws IOException if that fails, as it does if there is anything else in the folder
   */
  public static void remove(Path folder) throws IOException {
    deleteFolder(unfinished(folder));
    deleteFolder(folder);
  }

  private static void deleteFolder(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(META_DATA));
    Files.deleteIfExists(folder.resolve(USER_DATA));
    Files.deleteIfExists(folder);
  }

  private static void writeText(Path file, String content) throws IOException {
    PrivateFiles.write(file, content.getBytes(StandardCharsets.UTF_8));
  }

  private static String metaData(Seed seed) {
    return """
        instance-id: castra-%s
        local-hostname: %s
        """
        .formatted(seed.disk(), hostname(seed));
  }

  private static String userData(Seed seed) {
    return """
        #cloud-config
        hostname: %s
        disable_root: false
        ssh_pwauth: false
        ssh_deletekeys: true
        users:
          - name: root
            lock_passwd: false
            ssh_authorized_keys:
              - %s
        ssh_keys:
          ed25519_private: |
        %s
          ed25519_public: %s
        """
        .formatted(
            hostname(seed),
            seed.authorizedKey(),
            seed.hostPrivateKey().lines().collect(Collectors.joining("\n    ", "    ", "")),
            seed.hostPublicKey());
  }

  private static String hostname(Seed seed) {
    String name = seed.hostname().value();
    return NOT_TEXT_TO_YAML.matcher(name).matches() ? "\"" + name + "\"" : name;
  }
}
