package dev.castra.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.vm.Accelerator;
import dev.castra.vm.BootId;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class QemuCommandLineTest {
  private static final ForwardedPort SSH =
      new ForwardedPort("127.0.0.1", 2222, 22, ForwardedPort.Protocol.TCP);

  @Test
  void plain() throws IOException {
    assertGolden("plain.txt", plan("shop", "/state"));
  }

  @Test
  void kvm() throws IOException {
    assertGolden("kvm.txt", plan("shop", "/state").withAccelerator(Accelerator.KVM));
  }

  @Test
  void severalForwards() throws IOException {
    ForwardedPort web = new ForwardedPort("192.0.2.7", 8080, 80, ForwardedPort.Protocol.TCP);
    ForwardedPort dns = new ForwardedPort("127.0.0.1", 5353, 53, ForwardedPort.Protocol.UDP);
    assertGolden("forwards.txt", plan("shop", "/state").withPorts(List.of(SSH, web, dns)));
  }

  @Test
  void awkwardNames() throws IOException {
    assertGolden("awkward.txt", plan("a=b, c", "/my state, 100%:x"));
  }

  @Test
  void refusesWhatIsNotDecided() {
    LaunchPlan plan = plan("shop", "/state");
    assertThatThrownBy(() -> plan.withAccelerator(Accelerator.AUTO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> plan.withPorts(List.of(SSH.withHostPort(0))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static LaunchPlan plan(String project, String root) {
    return new LaunchPlan(
        Path.of("/usr/bin/qemu-system-x86_64"),
        new VmName("web-0"),
        new BootId(UUID.fromString("6f1c2b1e-0000-4000-8000-000000000001")),
        project,
        2,
        512,
        Accelerator.TCG,
        Path.of(root, "disk.qcow2"),
        Path.of(root, "seed"),
        List.of(SSH),
        new BootFolder(Path.of(root, "boot")),
        Path.of(root, "run", "web.qmp"));
  }

  /** A golden file holds one argument a line. */
  private static void assertGolden(String name, LaunchPlan plan) throws IOException {
    try (InputStream golden = QemuCommandLineTest.class.getResourceAsStream(name)) {
      byte[] expected = Objects.requireNonNull(golden, name).readAllBytes();
      assertThat(String.join("\n", QemuCommandLine.of(plan)) + "\n")
          .isEqualTo(new String(expected, StandardCharsets.UTF_8));
    }
  }
}
