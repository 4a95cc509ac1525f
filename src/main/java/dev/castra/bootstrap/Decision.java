package dev.castra.bootstrap;

import dev.castra.run.Trigger;
import dev.castra.vm.BootstrapMode;
import java.util.Optional;

/** Whether a VM is bootstrapped now, and why. */
public sealed interface Decision {
  /** One phrase for people. */
  String reason();

  /** Name in JSON. */
  String action();

  /** The pipeline runs. */
  record Run(Trigger trigger, Artifact artifact, String reason) implements Decision {
    @Override
    public String action() {
      return "run";
    }
  }

  /** The disk already holds the artifact. */
  record NoOp(Artifact artifact, String reason) implements Decision {
    @Override
    public String action() {
      return "noop";
    }
  }

  /** Bootstrapping is switched off or not configured. */
  record Skip(String reason) implements Decision {
    @Override
    public String action() {
      return "skip";
    }
  }

  /**
   * Pure function of the inputs.
   *
   * @param artifact empty if no script is configured; with {@code ALWAYS} preflight has refused
   *     that
   */
  static Decision of(BootstrapMode mode, Optional<Artifact> artifact, StampFacts facts) {
    if (mode == BootstrapMode.DISABLED) {
      return new Skip("bootstrap is disabled");
    }
    if (artifact.isEmpty()) {
      return new Skip("no bootstrap script is configured");
    }
    if (mode == BootstrapMode.ALWAYS) {
      return new Run(Trigger.ALWAYS, artifact.get(), "forced by mode `always`");
    }
    return facts
        .stampRun()
        .<Decision>map(run -> new NoOp(artifact.get(), "unchanged since run " + run))
        .orElseGet(() -> new Run(Trigger.AUTO, artifact.get(), whyRun(artifact.get(), facts)));
  }

  private static String whyRun(Artifact artifact, StampFacts facts) {
    if (facts.diskReason().isPresent()) {
      return facts.diskReason().get();
    }
    Optional<StampFacts.PastRun> last = facts.lastRun();
    if (last.isEmpty()) {
      return "no stamp on this disk";
    }
    StampFacts.PastRun past = last.get();
    if (!past.status().holdsArtifact() && past.artifactHash().equals(artifact.hash())) {
      return "last run " + past.run() + " " + endOf(past);
    }
    return changed(artifact, facts.lastSuccess().orElse(past));
  }

  private static String endOf(StampFacts.PastRun run) {
    String step = run.failedStep().map(id -> " at `" + id + "`").orElse("");
    return run.status() == dev.castra.run.RunStatus.INTERRUPTED
        ? "was interrupted" + step
        : "failed" + step;
  }

  private static String changed(Artifact artifact, StampFacts.PastRun past) {
    String changes = artifact.manifest().summaryOfChangesSince(past.manifest());
    return changes.isEmpty()
        ? "the stamp of run " + past.run() + " was withdrawn"
        : changes + " since run " + past.run();
  }
}
