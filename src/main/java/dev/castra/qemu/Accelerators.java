package dev.castra.qemu;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.vm.Accelerator;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Decides between KVM and TCG. That QEMU lists KVM, or that {@code /dev/kvm} exists, proves
 * nothing: on a CPU without {@code vmx} or {@code svm} QEMU aborts or the guest hangs.
 *
 * @param kvmDevice usually {@code /dev/kvm}
 * @param cpuInfo usually {@code /proc/cpuinfo}
 */
public record Accelerators(Path kvmDevice, Path cpuInfo) {
  private static final Pattern VIRTUALISATION = Pattern.compile("(?m)^flags\\b.*\\b(vmx|svm)\\b");

  public static Accelerators ofHost() {
    return new Accelerators(Path.of("/dev/kvm"), Path.of("/proc/cpuinfo"));
  }

  /**
   * {@code KVM} or {@code TCG}. Reads two files and changes nothing.
   *
   * @throws CastraException with {@code PREFLIGHT_FAILED} if KVM is wished for and not usable
   */
  public Accelerator resolve(Accelerator wish) {
    if (wish == Accelerator.TCG) {
      return Accelerator.TCG;
    }
    Optional<String> obstacle = kvmObstacle();
    if (wish == Accelerator.KVM && obstacle.isPresent()) {
      throw new CastraException(
          ErrorCode.PREFLIGHT_FAILED,
          "KVM is not usable here: " + obstacle.get() + ".",
          "Set `accel` to `auto` or `tcg`.");
    }
    return obstacle.isPresent() ? Accelerator.TCG : Accelerator.KVM;
  }

  private Optional<String> kvmObstacle() {
    if (!Files.exists(kvmDevice)) {
      return Optional.of("there is no `" + kvmDevice + "`");
    }
    try {
      FileChannel.open(kvmDevice, StandardOpenOption.READ, StandardOpenOption.WRITE).close();
      return VIRTUALISATION.matcher(Files.readString(cpuInfo)).find()
          ? Optional.empty()
          : Optional.of("the CPU has neither `vmx` nor `svm`");
    } catch (IOException e) {
      return Optional.of("`" + kvmDevice + "` cannot be opened for reading and writing");
    }
  }
}
