package dev.castra.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.vm.Accelerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AcceleratorsTest {
  private static final String CAPABLE = "processor\t: 0\nflags\t\t: fpu vme svm sse\n";
  private static final String INCAPABLE = "processor\t: 0\nflags\t\t: fpu svm_lock sse\n";

  @TempDir Path folder;

  @Test
  void takesKvmWhereItIsUsable() throws IOException {
    Accelerators host = host(Files.createFile(folder.resolve("kvm")), CAPABLE);
    assertThat(host.resolve(Accelerator.AUTO)).isEqualTo(Accelerator.KVM);
    assertThat(host.resolve(Accelerator.KVM)).isEqualTo(Accelerator.KVM);
    assertThat(host.resolve(Accelerator.TCG)).isEqualTo(Accelerator.TCG);
  }

  @Test
  void doesNotBelieveTheDeviceAlone() throws IOException {
    Accelerators host = host(Files.createFile(folder.resolve("kvm")), INCAPABLE);
    assertThat(host.resolve(Accelerator.AUTO)).isEqualTo(Accelerator.TCG);
    assertThatThrownBy(() -> host.resolve(Accelerator.KVM))
        .isInstanceOf(CastraException.class)
        .hasMessage("KVM is not usable here: the CPU has neither `vmx` nor `svm`.");
  }

  @Test
  void needsTheDevice() throws IOException {
    Accelerators missing = host(folder.resolve("kvm"), CAPABLE);
    assertThat(missing.resolve(Accelerator.AUTO)).isEqualTo(Accelerator.TCG);
    Accelerators unopenable = host(Files.createDirectory(folder.resolve("dir")), CAPABLE);
    assertThatThrownBy(() -> unopenable.resolve(Accelerator.KVM))
        .isInstanceOf(CastraException.class)
        .hasMessageContaining("cannot be opened for reading and writing");
  }

  private Accelerators host(Path device, String cpuInfo) throws IOException {
    return new Accelerators(device, Files.writeString(folder.resolve("cpuinfo"), cpuInfo));
  }
}
