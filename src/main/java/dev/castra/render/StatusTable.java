package dev.castra.render;

import dev.castra.operation.StatusReport;
import dev.castra.vm.ForwardedPort;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** {@code castra status} for people. */
public final class StatusTable {
  private StatusTable() {}

  /** The whole text, with a final line break. */
  public static String render(StatusReport report) {
    TextTable table = new TextTable("VM", "STATE", "UPTIME", "STEP", "LAST RUN", "PORTS");
    for (StatusReport.Vm vm : report.vms()) {
      table.row(
          vm.vm().value(),
          vm.state().id(),
          vm.uptimeMs().map(Durations::brief).orElse("-"),
          vm.currentStep()
              .map(step -> step.step() + " " + Durations.brief(step.elapsedMs()))
              .orElse("-"),
          vm.lastRun()
              .map(
                  run ->
                      run.outcome()
                          + " (run "
                          + run.run()
                          + ", "
                          + Durations.brief(run.ageMs())
                          + " ago)")
              .orElse("-"),
          ports(vm));
    }
    return table.toString();
  }

  private static String ports(StatusReport.Vm vm) {
    if (vm.address().isPresent()) {
      return "ssh " + vm.address().get();
    }
    List<ForwardedPort> known = new ArrayList<>(vm.ports());
    known.removeIf(port -> port.hostPort() == 0);
    return known.isEmpty()
        ? "-"
        : known.stream().map(StatusTable::port).collect(Collectors.joining(", "));
  }

  private static String port(ForwardedPort port) {
    String address =
        port.hostAddress().equals(ForwardedPort.LOOPBACK) ? "" : port.hostAddress() + ":";
    String protocol = port.protocol() == ForwardedPort.Protocol.UDP ? "/udp" : "";
    return address + port.hostPort() + "->" + port.guestPort() + protocol;
  }
}
