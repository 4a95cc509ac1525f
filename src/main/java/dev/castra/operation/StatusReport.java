package dev.castra.operation;

import dev.castra.event.CastraEvent;
import dev.castra.event.Fields;
import dev.castra.run.RunId;
import dev.castra.vm.Driver;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import dev.castra.vm.VmState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code castra status} answers.
 *
 * @param vms in file order; VMs that left castra.toml but still run come last
 */
public record StatusReport(String project, Path stateRoot, List<Vm> vms) {

  /**
   * One VM; every duration is in milliseconds.
   *
   * @param cpus empty, like memory, if the machine is not Castra's
   * @param address such as {@code deploy@build.example:22}; only if the machine is not Castra's
   */
  public record Vm(
      VmName vm,
      VmName role,
      VmState state,
      Optional<Long> pid,
      Optional<Long> uptimeMs,
      Optional<Integer> cpus,
      Optional<Integer> memoryMib,
      boolean reachable,
      Optional<Long> lastHandshakeAgeMs,
      List<ForwardedPort> ports,
      Optional<String> address,
      Optional<CurrentStep> currentStep,
      Optional<LastRun> lastRun,
      Optional<Stamp> stamp) {}

  public record CurrentStep(RunId run, String step, long elapsedMs) {}

  /**
   * @param outcome {@code Success}, {@code NoOp}, {@code Failed} or {@code Interrupted}
   */
  public record LastRun(RunId run, String outcome, long durationMs, long ageMs) {}

  public record Stamp(Sha256 baseImageHash, Sha256 artifactHash) {}

  /** The JSON form. */
  public Map<String, @Nullable Object> fields() {
    return Fields.of(
        "schema_version",
        CastraEvent.SCHEMA_VERSION,
        "project",
        project,
        "state_root",
        stateRoot.toString(),
        "vms",
        vms.stream().map(StatusReport::fields).toList());
  }

  private static Map<String, @Nullable Object> fields(Vm vm) {
    return Fields.of(
        "vm",
        vm.vm().value(),
        "role",
        vm.role().value(),
        "driver",
        (vm.address().isPresent() ? Driver.SSH : Driver.QEMU).id(),
        "address",
        vm.address().orElse(null),
        "state",
        vm.state().id(),
        "pid",
        vm.pid().orElse(null),
        "uptime_ms",
        vm.uptimeMs().orElse(null),
        "cpus",
        vm.cpus().orElse(null),
        "memory_mib",
        vm.memoryMib().orElse(null),
        "reachable",
        vm.reachable(),
        "last_handshake_age_ms",
        vm.lastHandshakeAgeMs().orElse(null),
        "ports",
        vm.ports().stream().map(Fields::ofPort).toList(),
        "current_step",
        vm.currentStep()
            .map(
                step ->
                    Fields.of(
                        "run_id",
                        step.run().value(),
                        "step",
                        step.step(),
                        "elapsed_ms",
                        step.elapsedMs()))
            .orElse(null),
        "last_run",
        vm.lastRun()
            .map(
                run ->
                    Fields.of(
                        "run_id",
                        run.run().value(),
                        "outcome",
                        run.outcome(),
                        "duration_ms",
                        run.durationMs(),
                        "age_ms",
                        run.ageMs()))
            .orElse(null),
        "stamp",
        vm.stamp()
            .map(
                stamp ->
                    Fields.of(
                        "base_image_hash",
                        stamp.baseImageHash().hex(),
                        "bootstrap_artifact_hash",
                        stamp.artifactHash().hex()))
            .orElse(null));
  }
}
