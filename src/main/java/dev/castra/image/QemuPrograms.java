package dev.castra.image;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.Command;
import java.nio.file.Path;

/**
 * The programs that Castra cannot do without.
 *
 * @param system absolute path of {@code qemu-system-x86_64}; guests are x86-64 whatever the host is
 * @param img absolute path of {@code qemu-img}
 */
public record QemuPrograms(Path system, Path img) {
  private static final String SYSTEM = "qemu-system-x86_64";
  private static final String IMG = "qemu-img";

  /**
   * Looks both up on a {@code PATH}.
   *
   * @throws CastraException with {@code PROGRAM_MISSING} if one of them is not there
   */
  public static QemuPrograms find(String searchPath) {
    return new QemuPrograms(require(SYSTEM, searchPath), require(IMG, searchPath));
  }

  private static Path require(String program, String searchPath) {
    return Command.find(program, searchPath)
        .orElseThrow(
            () ->
                new CastraException(
                    ErrorCode.PROGRAM_MISSING,
                    "`" + program + "` is not on the PATH.",
                    "Install QEMU; on Debian and Ubuntu:"
                        + " `apt-get install qemu-system-x86 qemu-utils`."));
  }
}
