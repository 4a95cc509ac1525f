package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.castra.qemu.HostPorts;
import dev.castra.vm.ForwardedPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two projects, and so two state roots, that want the same host port; what boots never answers. */
final class SamePortIT {
  private final int port =
      HostPorts.pick(ForwardedPort.LOOPBACK, ForwardedPort.Protocol.TCP, Set.of());
  private final CastraProject first;
  private final CastraProject second;

  SamePortIT() throws IOException {
    first = CastraProject.create();
    second = CastraProject.create();
  }

  @BeforeEach
  void describe() throws IOException {
    describe(first, "shop", "web");
    describe(second, "blog", "page");
  }

  private void describe(CastraProject project, String name, String vm) throws IOException {
    BootSector.write(project.directory().resolve("boot.img"));
    project.file(
        "castra.toml",
        """
        [project]
        name = "%s"
        [lifecycle]
        graceful_shutdown_wait_secs = 1
        [[vms]]
        name = "%s"
        base_image = "boot.img"
        memory = "128 MiB"
        port_forwards = [{ host = %d, guest = 80 }]
        """
            .formatted(name, vm, port));
  }

  @AfterEach
  void stop() throws IOException, InterruptedException {
    try {
      second.close();
    } finally {
      first.close();
    }
  }

  @Test
  void theSecondUpNamesThePortAndItsHolderAndTouchesNothing()
      throws InterruptedException, IOException {
    CastraProcess up = first.startUp();
    JsonNode started = up.awaitEvent("VmStarted");
    Map<Path, String> before = FileTree.of(second.directory(), second.stateRoot());

    Complaint.of(second.run("up"), 70)
        .says("Host port `127.0.0.1:" + port + "` of VM `page`", "already in use")
        .says("by VM `web` of project `shop` (pid " + started.path("pid").asLong() + ")")
        .advises("change `host` in castra.toml");

    assertThat(second.stateRoot()).doesNotExist();
    assertThat(FileTree.of(second.directory(), second.stateRoot())).isEqualTo(before);
    goesOn(up, started);
  }

  /** Both have found the port free when they asked. */
  @Test
  void aPortTakenAfterTheSecondUpHadAskedIsNamedToo() throws InterruptedException, IOException {
    Path here = second.directory().resolve("starting");
    Path go = second.directory().resolve("go");
    WrappedQemu.use(
        second,
        "touch %s; until [ -e %s ]; do sleep 0.05; done; exec \"$qemu\" \"$@\""
            .formatted(here, go));
    CastraProcess late = second.startUp();
    Host.await("QEMU to be started", () -> Files.exists(here));
    CastraProcess up = first.startUp();
    JsonNode started = up.awaitEvent("VmStarted");
    Files.createFile(go);
    CastraResult refused = late.end().exitsWith(70);

    JsonNode outcome = refused.outcome("page");
    assertThat(outcome.path("error").asText())
        .startsWith("Host port `" + port + "` of VM `page` is taken")
        .contains("by VM `web` of project `shop` (pid " + started.path("pid").asLong() + ")");
    assertThat(outcome.path("hint").asText()).contains("change `host` in castra.toml");
    assertThat(second.status("page").path("pid").isNull()).isTrue();
    goesOn(up, started);
  }

  private void goesOn(CastraProcess up, JsonNode started) throws InterruptedException {
    assertThat(up.isAlive()).isTrue();
    JsonNode status = first.status("web");
    assertThat(status.path("state").asText()).isEqualTo("starting");
    assertThat(status.path("pid")).isEqualTo(started.path("pid"));
    assertThat(Host.isAlive(status.path("pid").asLong())).isTrue();
  }
}
