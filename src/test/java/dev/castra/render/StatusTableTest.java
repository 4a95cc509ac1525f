package dev.castra.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.operation.StatusReport;
import dev.castra.run.RunId;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.VmName;
import dev.castra.vm.VmState;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class StatusTableTest {
  private static final ForwardedPort SSH =
      port("127.0.0.1", 40_701, 22, ForwardedPort.Protocol.TCP);

  private static ForwardedPort port(
      String address, int host, int guest, ForwardedPort.Protocol protocol) {
    return new ForwardedPort(address, host, guest, protocol);
  }

  private static StatusReport.Vm vm(
      String name,
      VmState state,
      Optional<Long> uptime,
      Optional<StatusReport.CurrentStep> step,
      Optional<StatusReport.LastRun> run,
      ForwardedPort... ports) {
    return new StatusReport.Vm(
        new VmName(name),
        new VmName(name),
        state,
        uptime.map(ms -> 4711L),
        uptime,
        Optional.of(1),
        Optional.of(512),
        false,
        Optional.empty(),
        List.of(ports),
        Optional.empty(),
        step,
        run,
        Optional.empty());
  }

  private static Optional<StatusReport.LastRun> run(long id, String outcome, long ageMs) {
    return Optional.of(new StatusReport.LastRun(new RunId(id), outcome, 6_800, ageMs));
  }

  private static String render(StatusReport.Vm... vms) {
    return StatusTable.render(new StatusReport("shop", Path.of("/shop/.castra"), List.of(vms)));
  }

  @Test
  void showsEveryStateInTheOrderOfTheReport() {
    Optional<StatusReport.CurrentStep> applying =
        Optional.of(new StatusReport.CurrentStep(new RunId(14), "apply", 62_000));

    assertThat(
            render(
                vm(
                    "web",
                    VmState.RUNNING,
                    Optional.of(185_000L),
                    Optional.empty(),
                    run(12, "Success", 7_800_000),
                    SSH),
                vm(
                    "queue-worker-10",
                    VmState.BOOTSTRAPPING,
                    Optional.of(70_000L),
                    applying,
                    Optional.empty(),
                    SSH),
                vm(
                    "db",
                    VmState.FAILED,
                    Optional.empty(),
                    Optional.empty(),
                    run(13, "Failed", 900)),
                vm(
                    "cache",
                    VmState.STARTING,
                    Optional.of(400L),
                    Optional.empty(),
                    run(9, "NoOp", 86_400_000)),
                vm("old", VmState.STOPPED, Optional.empty(), Optional.empty(), Optional.empty())))
        .isEqualTo(
            """
            VM               STATE          UPTIME      STEP              LAST RUN                          PORTS
            web              running        3 min 05 s  -                 Success (run 12, 2 h 10 min ago)  40701->22
            queue-worker-10  bootstrapping  1 min 10 s  apply 1 min 02 s  -                                 40701->22
            db               failed         -           -                 Failed (run 13, 900 ms ago)       -
            cache            starting       400 ms      -                 NoOp (run 9, 1 d ago)             -
            old              stopped        -           -                 -                                 -
            """);
  }

  @Test
  void showsWhereEachPortIsAndLeavesOutThoseNotYetChosen() {
    StatusReport.Vm ports =
        vm(
            "web",
            VmState.STOPPED,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            SSH,
            port("0.0.0.0", 5_353, 53, ForwardedPort.Protocol.UDP),
            port("127.0.0.1", 0, 80, ForwardedPort.Protocol.TCP));

    assertThat(render(ports)).endsWith("  40701->22, 0.0.0.0:5353->53/udp\n");
  }

  @Test
  void aVmWhosePortsAreAllUnknownShowsADash() {
    StatusReport.Vm vm =
        vm(
            "web",
            VmState.STOPPED,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            port("127.0.0.1", 0, 22, ForwardedPort.Protocol.TCP));

    assertThat(render(vm).lines()).last().asString().endsWith("-");
  }
}
