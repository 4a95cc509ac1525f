package dev.castra.operation;

import static dev.castra.operation.SnapshotBuilder.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.Json;
import dev.castra.event.JsonText;
import dev.castra.process.ProcessIdentity;
import dev.castra.project.ProjectLoader;
import dev.castra.run.RunId;
import dev.castra.store.StatusReader;
import dev.castra.store.VmSnapshot;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import dev.castra.vm.VmState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which VMs a status lists, in which order, with which stamp, and its JSON form. */
final class StatusReportTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden", "status.json");

  @TempDir Path folder;
  private MarkedProcess qemu;

  @BeforeEach
  void startProcess() throws IOException {
    qemu = new MarkedProcess();
  }

  @AfterEach
  void endProcess() throws InterruptedException {
    qemu.close();
  }

  private static StatusReader.Snapshot snapshot(
      List<VmSnapshot> inConfig, List<VmSnapshot> others) {
    return new StatusReader.Snapshot("shop", new Sha256("0c".repeat(32)), inConfig, others);
  }

  private List<VmSpec> specs(String... names) throws IOException {
    StringBuilder toml = new StringBuilder();
    for (String name : names) {
      toml.append("[[vms]]\nname = \"").append(name).append("\"\ncpus = 3\n");
    }
    return ProjectLoader.load(Files.writeString(folder.resolve("castra.toml"), toml)).vms();
  }

  private static List<String> names(StatusReport report) {
    return report.vms().stream().map(vm -> vm.vm() + " " + vm.state().id()).toList();
  }

  @Test
  void aChangedConfigurationDecidesWhichVmsThereAreAndInWhichOrder() throws IOException {
    StatusReader.Snapshot known =
        snapshot(
            List.of(vm("old").build(), vm("web").shaken(4).boot(qemu).build()),
            List.of(vm("db").build()));

    StatusReport report =
        StatusTest.status().of("renamed", specs("db", "new", "web"), Optional.of(known));

    assertThat(report.project()).isEqualTo("renamed");
    assertThat(names(report)).containsExactly("db stopped", "new stopped", "web running");
    assertThat(report.vms().get(1).cpus()).contains(3);
    assertThat(report.vms().get(1).memoryMib()).contains(512);
    assertThat(report.vms().get(1).ports())
        .extracting(ForwardedPort::guestPort)
        .containsExactly(22);
  }

  @Test
  void withoutADatabaseEveryVmIsStopped() throws IOException {
    assertThat(names(StatusTest.status().of("shop", specs("b", "a"), Optional.empty())))
        .containsExactly("b stopped", "a stopped");
  }

  @Test
  void aVmThatLeftTheConfigurationIsListedLastWhileItLives() throws Exception {
    VmSnapshot stray = vm("stray").shaken(4).boot(qemu).build();
    VmSnapshot gone = vm("gone").build();
    StatusReader.Snapshot known = snapshot(List.of(vm("web").build()), List.of(gone, stray));

    assertThat(names(StatusTest.status().of(known)))
        .containsExactly("web stopped", "stray running");
    assertThat(names(StatusTest.status().of("shop", specs("new"), Optional.of(known))))
        .containsExactly("new stopped", "stray running");
    qemu.end();
    assertThat(names(StatusTest.status().of(known))).containsExactly("web stopped");
  }

  @ParameterizedTest
  @CsvSource({
    "wait-handshake, true",
    "connect, true",
    "transfer, true",
    "apply, false",
    "verify, false"
  })
  void noStampIsShownWhileAScriptChangesTheDisk(String step, boolean shown) throws Exception {
    assertThat(
            StatusTest.report(
                    vm("web")
                        .boot(qemu)
                        .stamped()
                        .doing(step, Optional.of(ProcessIdentity.ofSelf())))
                .stamp()
                .isPresent())
        .isEqualTo(shown);
    assertThat(
            StatusTest.report(vm("web").boot(qemu).stamped().doing(step, MarkedProcess.dead()))
                .stamp()
                .isPresent())
        .isEqualTo(shown);
  }

  @Test
  void aStampIsShownWhateverTheVmDoes() {
    StatusReport.Stamp stamp =
        new StatusReport.Stamp(SnapshotBuilder.IMAGE, SnapshotBuilder.ARTIFACT);

    assertThat(StatusTest.report(vm("web").stamped()).stamp()).contains(stamp);
    assertThat(StatusTest.report(vm("web").shaken(40).boot(qemu).stamped()).stamp())
        .contains(stamp);
  }

  @Test
  void theJsonIsThatOfTheGolden() throws IOException {
    StatusReport report =
        new StatusReport("shop", Path.of("/shop/.castra"), List.of(busy(), idle(), foreign()));
    String written = Json.compact(report.fields());

    assertThat(JsonText.leaves(written)).isEqualTo(JsonText.leaves(Files.readString(GOLDEN)));
  }

  private static StatusReport.Vm busy() {
    return new StatusReport.Vm(
        new VmName("web-0"),
        new VmName("web"),
        VmState.BOOTSTRAPPING,
        Optional.of(4711L),
        Optional.of(70_000L),
        Optional.of(2),
        Optional.of(512),
        true,
        Optional.of(62_000L),
        List.of(new ForwardedPort("127.0.0.1", 40_701, 22, ForwardedPort.Protocol.TCP)),
        Optional.empty(),
        Optional.of(new StatusReport.CurrentStep(new RunId(14), "apply", 61_000)),
        Optional.of(new StatusReport.LastRun(new RunId(12), "Success", 6_800, 7_800_000)),
        Optional.of(new StatusReport.Stamp(SnapshotBuilder.IMAGE, SnapshotBuilder.ARTIFACT)));
  }

  private static StatusReport.Vm foreign() {
    return new StatusReport.Vm(
        new VmName("build"),
        new VmName("build"),
        VmState.RUNNING,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        true,
        Optional.of(5_000L),
        List.of(),
        Optional.of("deploy@build.example:22"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static StatusReport.Vm idle() {
    return new StatusReport.Vm(
        new VmName("db"),
        new VmName("db"),
        VmState.STOPPED,
        Optional.empty(),
        Optional.empty(),
        Optional.of(1),
        Optional.of(1_024),
        false,
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
