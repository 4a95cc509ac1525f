package dev.castra.project;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.vm.Accelerator;
import dev.castra.vm.BootstrapMode;
import dev.castra.vm.BootstrapSpec;
import dev.castra.vm.DiskPolicy;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.ForwardedPort.Protocol;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectLoaderTest {
  private static final ForwardedPort PICKED_SSH =
      new ForwardedPort("127.0.0.1", 0, 22, Protocol.TCP);

  @TempDir Path folder;
  private Path directory;
  private TomlFile toml;

  @BeforeEach
  void useRealPath() throws IOException {
    directory = Files.createDirectory(folder.toRealPath().resolve("My Shop_2"));
    toml = new TomlFile(directory);
  }

  @Test
  void everythingHasADefault() throws IOException {
    Project project = toml.load(TomlFile.ONE_VM);

    assertThat(project)
        .isEqualTo(
            new Project(
                "my-shop-2",
                directory.resolve("castra.toml"),
                directory,
                new StateRoot(directory.resolve(".castra")),
                new Lifecycle(
                    Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ofSeconds(5)),
                new Retention(OptionalInt.empty(), OptionalInt.empty()),
                List.of(defaultVm()),
                Sha256.of(TomlFile.ONE_VM.getBytes(StandardCharsets.UTF_8))));
  }

  private static VmSpec defaultVm() {
    return new VmSpec(
        new VmName("web"),
        new VmName("web"),
        0,
        "",
        "tiny",
        1,
        512,
        DiskPolicy.PERSISTENT,
        Accelerator.AUTO,
        List.of(PICKED_SSH),
        Optional.empty(),
        new BootstrapSpec(
            BootstrapMode.AUTO,
            Optional.empty(),
            Optional.empty(),
            Duration.ofMinutes(5),
            Duration.ofHours(1),
            "/var/lib/castra",
            Map.of(),
            Optional.empty(),
            Optional.empty()));
  }

  @Test
  void everyKeyIsRead() throws IOException {
    Project project =
        toml.load(
            """
            [project]
            name = "shop"
            state_dir = "state"
            [lifecycle]
            graceful_shutdown_wait_secs = 1
            sigterm_wait_secs = 2
            sigkill_wait_secs = 3
            [[vms]]
            name = "web"
            description = "the shop"
            base_image = "images/debian.qcow2"
            cpus = 2
            memory = "2 GiB"
            disk = "ephemeral"
            accel = "tcg"
            [[vms.port_forwards]]
            host = 8080
            guest = 80
            protocol = "udp"
            address = "0.0.0.0"
            [vms.bootstrap]
            mode = "Force"
            script = "setup.sh"
            payload = "/srv/files"
            handshake_timeout_secs = 4
            apply_timeout_secs = 5
            remote_dir = "/opt/castra"
            env = { A = "b" }
            verify_command = "test -f /ok"
            verify_path = "/ok"
            """);

    assertThat(project.name()).isEqualTo("shop");
    assertThat(project.stateRoot().path()).isEqualTo(directory.resolve("state"));
    assertThat(project.lifecycle())
        .isEqualTo(
            new Lifecycle(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3)));
    assertThat(project.vms())
        .containsExactly(
            new VmSpec(
                new VmName("web"),
                new VmName("web"),
                0,
                "the shop",
                "images/debian.qcow2",
                2,
                2048,
                DiskPolicy.EPHEMERAL,
                Accelerator.TCG,
                List.of(PICKED_SSH, new ForwardedPort("0.0.0.0", 8080, 80, Protocol.UDP)),
                Optional.empty(),
                new BootstrapSpec(
                    BootstrapMode.ALWAYS,
                    Optional.of(directory.resolve("setup.sh")),
                    Optional.of(Path.of("/srv/files")),
                    Duration.ofSeconds(4),
                    Duration.ofSeconds(5),
                    "/opt/castra",
                    Map.of("A", "b"),
                    Optional.of("test -f /ok"),
                    Optional.of("/ok"))));
  }

  @Test
  void vmsInheritFromDefaultsAndBootstrapAndMayOverride() throws IOException {
    Project project =
        toml.load(
            """
            [defaults]
            base_image = "debian.qcow2"
            cpus = 4
            memory = "1G"
            disk = "ephemeral"
            accel = "kvm"
            [bootstrap]
            mode = "off"
            handshake_timeout_secs = 7
            apply_timeout_secs = 8
            remote_dir = "/opt/castra"
            env = { BOTH = "global", GLOBAL = "g" }
            [[vms]]
            name = "heir"
            [[vms]]
            name = "rebel"
            base_image = "tiny"
            cpus = 1
            memory = "64M"
            disk = "persistent"
            accel = "auto"
            [vms.bootstrap]
            mode = "auto"
            handshake_timeout_secs = 9
            apply_timeout_secs = 10
            remote_dir = "/srv/castra"
            env = { BOTH = "own", OWN = "o" }
            """);

    VmSpec heir = project.vms().get(0);
    assertThat(List.of(heir.baseImage(), heir.cpus(), heir.memoryMib(), heir.disk(), heir.accel()))
        .isEqualTo(List.of("debian.qcow2", 4, 1024, DiskPolicy.EPHEMERAL, Accelerator.KVM));
    assertThat(heir.bootstrap())
        .isEqualTo(
            bootstrap(
                BootstrapMode.DISABLED,
                7,
                8,
                "/opt/castra",
                Map.of("BOTH", "global", "GLOBAL", "g")));
    VmSpec rebel = project.vms().get(1);
    assertThat(
            List.of(
                rebel.baseImage(), rebel.cpus(), rebel.memoryMib(), rebel.disk(), rebel.accel()))
        .isEqualTo(List.of("tiny", 1, 64, DiskPolicy.PERSISTENT, Accelerator.AUTO));
    assertThat(rebel.bootstrap())
        .isEqualTo(
            bootstrap(
                BootstrapMode.AUTO,
                9,
                10,
                "/srv/castra",
                Map.of("BOTH", "own", "GLOBAL", "g", "OWN", "o")));
  }

  private static BootstrapSpec bootstrap(
      BootstrapMode mode, int handshake, int apply, String remoteDir, Map<String, String> env) {
    return new BootstrapSpec(
        mode,
        Optional.empty(),
        Optional.empty(),
        Duration.ofSeconds(handshake),
        Duration.ofSeconds(apply),
        remoteDir,
        env,
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void replicasAreNumberedAndTheirFixedPortsCountedUp() throws IOException {
    Project project =
        toml.load(
            """
            [[vms]]
            name = "api"
            count = 2
            port_forwards = [
              { host = 8080, guest = 80 },
              { guest = 443 },
              { host = 2200, guest = 22, address = "127.0.0.2" },
            ]
            [[vms]]
            name = "db"
            count = 1
            """);

    assertThat(project.vms())
        .extracting(vm -> vm.name().value(), vm -> vm.role().value(), VmSpec::position)
        .containsExactly(
            Assertions.tuple("api-0", "api", 0),
            Assertions.tuple("api-1", "api", 1),
            Assertions.tuple("db-0", "db", 2));
    assertThat(project.vms().get(1).ports())
        .containsExactly(
            new ForwardedPort("127.0.0.1", 8081, 80, Protocol.TCP),
            new ForwardedPort("127.0.0.1", 0, 443, Protocol.TCP),
            new ForwardedPort("127.0.0.2", 2201, 22, Protocol.TCP));
  }

  @Test
  void udpPort22IsNoSshForward() throws IOException {
    Project project =
        toml.load(TomlFile.ONE_VM + "port_forwards = [ { guest = 22, protocol = \"udp\" } ]\n");

    assertThat(project.vms().get(0).ports())
        .containsExactly(PICKED_SSH, new ForwardedPort("127.0.0.1", 0, 22, Protocol.UDP));
  }

  @Test
  void theProjectNameIsMadeOfTheFolderName() {
    assertThat(ProjectSettings.nameFrom(Path.of("/a/-My  code!-"))).isEqualTo("my-code");
    assertThat(ProjectSettings.nameFrom(Path.of("/a/___"))).isEqualTo("project");
    assertThat(ProjectSettings.nameFrom(Path.of("/"))).isEqualTo("project");
    assertThat(ProjectSettings.nameFrom(Path.of("/" + "x".repeat(80)))).isEqualTo("x".repeat(63));
  }

  @Test
  void theHashFollowsTheBytes() throws IOException {
    Sha256 before = toml.load(TomlFile.ONE_VM).configHash();

    assertThat(toml.load(TomlFile.ONE_VM + "# a comment\n").configHash()).isNotEqualTo(before);
    assertThat(toml.load(TomlFile.ONE_VM).configHash()).isEqualTo(before);
  }

  @Test
  void theHintNamesTheFileAndTheReference() throws IOException {
    CastraException failure = toml.failure("");

    assertThat(failure.hint())
        .isEqualTo(
            "Correct `"
                + directory.resolve("castra.toml")
                + "`; docs/configuration.md lists every key and its rule.");
    assertThat(failure.code()).isEqualTo(ErrorCode.CONFIG_INVALID);
  }
}
