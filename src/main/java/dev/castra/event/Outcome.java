package dev.castra.event;

import dev.castra.run.OutcomeStatus;
import dev.castra.run.RunId;
import dev.castra.vm.VmName;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of one VM in an {@code up}.
 *
 * @param reason why it was done or left alone
 * @param durationMs milliseconds from the start of the VM's turn to its end
 * @param failure present exactly if {@code status} is {@code Failed}
 */
public record Outcome(
    VmName vm,
    OutcomeStatus status,
    String reason,
    Optional<RunId> run,
    long durationMs,
    Optional<Failure> failure) {

  /**
   * @param step id of the failing step; empty if the VM failed outside a run
   * @param exitCode exit code this failure asks for
   * @param reportPath archive about the run, for others to read; empty if there is none
   */
  public record Failure(
      Optional<String> step,
      String error,
      String hint,
      Optional<String> logPath,
      int exitCode,
      Optional<String> reportPath) {
    private static final String FACTS = ".json";

    /** One of which there is no report. */
    public Failure(
        Optional<String> step, String error, String hint, Optional<String> logPath, int exitCode) {
      this(step, error, hint, logPath, exitCode, Optional.empty());
    }

    private Failure with(String report) {
      return new Failure(step, error, hint, logPath, exitCode, Optional.of(report));
    }

    /** Where the guest's output is, if {@code logPath} names the facts of a run. */
    public Optional<String> outputPath() {
      return logPath
          .filter(path -> path.endsWith(FACTS))
          .map(path -> path.substring(0, path.length() - FACTS.length()) + ".log");
    }
  }

  public boolean failed() {
    return failure.isPresent();
  }

  /** The same with the archive about its failed run. */
  public Outcome withReport(String path) {
    return new Outcome(
        vm, status, reason, run, durationMs, failure.map(failed -> failed.with(path)));
  }

  /** The JSON form. */
  public Map<String, @Nullable Object> fields() {
    return Fields.of(
        "vm",
        vm.value(),
        "status",
        status.name(),
        "reason",
        reason,
        "run_id",
        run.map(RunId::value).orElse(null),
        "duration_ms",
        durationMs,
        "step",
        failure.flatMap(Failure::step).orElse(null),
        "error",
        failure.map(Failure::error).orElse(null),
        "hint",
        failure.map(Failure::hint).orElse(null),
        "log_path",
        failure.flatMap(Failure::logPath).orElse(null),
        "report_path",
        failure.flatMap(Failure::reportPath).orElse(null));
  }
}
