package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.castra.bootstrap.Overrides;
import dev.castra.error.CastraException;
import dev.castra.event.EventSink;
import dev.castra.guest.SshIdentity;
import dev.castra.guest.SshKeys;
import dev.castra.run.StepKind;
import dev.castra.run.Trigger;
import dev.castra.store.DiskRecord;
import dev.castra.store.VmClaims;
import dev.castra.vm.Sha256;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an {@code up} would refuse, its plan refuses beforehand, in the same words. */
final class RefusedPlanTest {
  private static final String EMULATED =
      "[[vms]]\nname = \"web\"\nbase_image = \"boot.img\"\n[vms.bootstrap]\n";
  private static final String FOREIGN =
      """
      [[vms]]
      name = "web"
      driver = "ssh"
      [vms.ssh]
      host = "127.0.0.1"
      port = 1
      identity_file = "id"
      [vms.bootstrap]
      handshake_timeout_secs = 1
      """;

  @TempDir Path folder;
  private RecordedProject project;

  @BeforeEach
  void write() {
    project = new RecordedProject(folder);
    project.file("id", SshKeys.generate("castra").privateKeyText());
  }

  @Test
  void aTakenHostPort() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = "{ host = " + other.getLocalPort() + ", guest = 80 }";
      project.file(
          "castra.toml",
          "[[vms]]\nname = \"web\"\nbase_image = \"boot.img\"\nport_forwards = [" + port + "]\n");

      StampExplanation.Next planned = plan();
      CastraException refused = catchThrowableOfType(CastraException.class, this::up);

      assertThat(planned.action()).isEqualTo(Forecast.ERROR);
      assertThat(planned.reason())
          .contains("cannot be used: Address already in use by process ")
          .isEqualTo(refused.getMessage());
      assertThat(planned.hint()).contains(refused.hint());
    }
  }

  @Test
  void aVmThatStillRunsUnderQemuThoughItsDriverSaysSsh() throws Exception {
    DiskRecord disk = project.newDisk(RecordedProject.WEB);
    try (MarkedProcess qemu = new MarkedProcess()) {
      Path boot =
          Files.createDirectories(project.root().bootFolder(RecordedProject.WEB, qemu.boot));
      Files.writeString(boot.resolve("qemu.pid"), qemu.identity.pid() + "\n");
      project.change(
          session -> {
            session.boots().planned(qemu.boot, RecordedProject.WEB, disk.id(), boot, "tcg");
            session
                .boots()
                .started(qemu.boot, RecordedProject.WEB, qemu.identity, "tcg", List.of());
          });
      project.file("castra.toml", FOREIGN);

      StampExplanation.Next planned = plan();

      assertThat(planned.action()).isEqualTo(Forecast.ERROR);
      assertThat(planned.reason())
          .contains("still runs under QEMU")
          .isEqualTo(up().outcomes().get(0).failure().orElseThrow().error());
    }
    assertThat(plan().action()).as("once it is gone").isEqualTo("run");
  }

  @Test
  void anSshHostKeyThatAnotherVmHas() throws Exception {
    SshIdentity key = SshKeys.generate("machine");
    project.change(session -> session.disks().planned(machine(RecordedProject.DB, key)));
    project.file(
        "castra.toml",
        FOREIGN.replace(
                "[vms.bootstrap]", "host_key = \"" + key.publicKeyLine() + "\"\n[vms.bootstrap]")
            + RecordedProject.vm("db"));

    StampExplanation.Next planned = plan();

    assertThat(planned.action()).isEqualTo(Forecast.ERROR);
    assertThat(planned.reason())
        .contains("has the SSH host key of VM `db`")
        .isEqualTo(up("web").outcomes().get(0).failure().orElseThrow().error());
  }

  @Test
  void aMissingScriptWhileAnotherRunIsUnderWay() throws Exception {
    project.newDisk(RecordedProject.WEB);
    StampExplanation.Next planned =
        project.during(
            session -> {
              try (VmClaims.Claim claim =
                  session.claims().tryClaim(RecordedProject.WEB).orElseThrow()) {
                claim.announce();
                project
                    .start(session, RecordedProject.WEB, Trigger.AUTO)
                    .stepStarted(StepKind.APPLY);
                assertThat(plan().action()).isEqualTo("wait");
                project.file("castra.toml", EMULATED + "script = \"missing.sh\"\n");
                return plan();
              }
            });

    assertThat(planned.action()).isEqualTo(Forecast.ERROR);
    assertThat(planned.reason()).contains("missing.sh");
  }

  /** It never had a disk of Castra's, so none was lost. */
  @Test
  void aVmWhoseDriverWasSshOnceGetsANewDisk() throws Exception {
    project.change(
        session ->
            session.disks().planned(machine(RecordedProject.WEB, SshKeys.generate("machine"))));

    assertThat(plan().reason()).isEqualTo("the disk is new");
    assertThat(project.decide(RecordedProject.WEB).reason()).isEqualTo("the disk is new");
  }

  private static DiskRecord machine(dev.castra.vm.VmName vm, SshIdentity key) {
    Path address = DiskRecord.machine("root@10.0.0.7:22");
    return new DiskRecord(
        dev.castra.vm.DiskId.fresh(),
        vm,
        address,
        address,
        Sha256.of(new byte[0]),
        key.publicKeyLine(),
        true,
        false,
        true,
        Optional.empty());
  }

  private StampExplanation.Next plan() throws InterruptedException {
    return new Plan(project.load(), Host.real())
        .of(Overrides.parse(List.of()), List.of("web"))
        .get(0)
        .next();
  }

  private Up.Result up(String... names) throws InterruptedException {
    Up.Options plain = Up.Options.plain();
    Up.Options some = new Up.Options(plain.overrides(), false, List.of(names), true, plain.jobs());
    return new Up(project.load(), Host.real(), some, new Cancellation())
        .run(SshProject.COMMAND, EventSink.NONE);
  }
}
