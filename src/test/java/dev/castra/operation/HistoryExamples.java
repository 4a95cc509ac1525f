package dev.castra.operation;

import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import dev.castra.run.Trigger;
import dev.castra.vm.BootId;
import dev.castra.vm.DiskId;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What the history commands may answer, for the goldens of its forms. */
public final class HistoryExamples {
  private static final Instant NOON = Instant.parse("2026-07-30T12:34:56.789Z");
  private static final Path FOLDER = Path.of("/shop/.castra");
  private static final Sha256 IMAGE = new Sha256("1f".repeat(32));
  private static final Sha256 OTHER_IMAGE = new Sha256("5b".repeat(32));
  private static final Sha256 ARTIFACT = new Sha256("2e".repeat(32));
  private static final UUID ID = UUID.fromString("6f1b1c1e-6b0a-4d52-9a83-3b9b6f0a7c11");

  private HistoryExamples() {}

  public static HistoryReport none() {
    return new HistoryReport("shop", FOLDER, List.of(), 0);
  }

  /** A run in every state. */
  public static HistoryReport all() {
    return new HistoryReport(
        "shop",
        FOLDER,
        List.of(running(), failed(), leftBehind(), ended(11, RunStatus.NOOP), success()),
        33);
  }

  /** More runs than are counted. */
  public static HistoryReport endless() {
    return new HistoryReport("shop", FOLDER, List.of(success()), HistoryReport.MOST_COUNTED);
  }

  private static RunEntry success() {
    return ended(10, RunStatus.SUCCESS);
  }

  private static RunEntry ended(long run, RunStatus status) {
    return entry(
        run, status, Optional.of(6_800L), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static RunEntry running() {
    return entry(
        14,
        RunStatus.RUNNING,
        Optional.of(185_000L),
        Optional.of("apply"),
        Optional.empty(),
        Optional.empty());
  }

  private static RunEntry failed() {
    return entry(
        13,
        RunStatus.FAILED,
        Optional.of(6_800L),
        Optional.empty(),
        Optional.of("apply"),
        Optional.of("The script ended with exit status 7."));
  }

  private static RunEntry leftBehind() {
    return entry(
        12,
        RunStatus.INTERRUPTED,
        Optional.empty(),
        Optional.of("transfer"),
        Optional.empty(),
        Optional.empty());
  }

  private static RunEntry entry(
      long run,
      RunStatus status,
      Optional<Long> durationMs,
      Optional<String> currentStep,
      Optional<String> failedStep,
      Optional<String> error) {
    boolean ended = currentStep.isEmpty();
    return new RunEntry(
        new RunId(run),
        new VmName("web-0"),
        status,
        Trigger.AUTO,
        "`payload/app.env` changed (4c4c4c4c4c4c to 3d3d3d3d3d3d) since run 9",
        NOON,
        185_000,
        ended ? Optional.of(NOON.plusMillis(6_800)) : Optional.empty(),
        durationMs,
        currentStep,
        failedStep,
        error,
        IMAGE,
        ARTIFACT,
        ended ? Optional.of(FOLDER.resolve("logs/" + run + ".json").toString()) : Optional.empty());
  }

  /** A run that failed on a new disk. */
  public static RunDetails showFailed() {
    return new RunDetails(
        failed(),
        Optional.of("bootstrap-failed"),
        Optional.of("Mend the script."),
        new DiskId(ID),
        Optional.of(new BootId(ID)),
        "castra up web",
        "0.1.0",
        false,
        List.of(
            step(StepKind.WAIT_HANDSHAKE, StepStatus.SUCCESS, 0, 5_100, "5 tries"),
            step(StepKind.CONNECT, StepStatus.SUCCESS, 5_100, 100, "Linux"),
            step(StepKind.TRANSFER, StepStatus.SKIPPED, 5_200, 0, "no payload"),
            step(StepKind.APPLY, StepStatus.FAILED, 5_200, 1_600, "It \u001b[31mfailed")),
        Optional.empty(),
        Optional.of("/shop/.castra/logs/13.log"),
        Optional.of(
            new RunDetails.Before(
                new RunId(12),
                RunStatus.INTERRUPTED,
                OTHER_IMAGE,
                false,
                List.of(
                    "`payload/app.env` changed (4c4c4c4c4c4c to 3d3d3d3d3d3d)",
                    "env `TOKEN` changed"))));
  }

  /** The first run of a machine that is not Castra's, under way. */
  public static RunDetails showRunning() {
    return new RunDetails(
        running(),
        Optional.empty(),
        Optional.empty(),
        new DiskId(ID),
        Optional.empty(),
        "castra up",
        "0.1.0",
        true,
        List.of(step(StepKind.WAIT_HANDSHAKE, StepStatus.SUCCESS, 0, 60_000, "5 tries")),
        Optional.of(new RunDetails.CurrentStep("apply", NOON.plusSeconds(60), 125_000)),
        Optional.of("/shop/.castra/logs/14.log.part"),
        Optional.empty());
  }

  /** A run like the one before it, whose log is gone. */
  public static RunDetails showUnchanged() {
    return new RunDetails(
        success(),
        Optional.empty(),
        Optional.empty(),
        new DiskId(ID),
        Optional.empty(),
        "castra up",
        "0.1.0",
        false,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(
            new RunDetails.Before(new RunId(9), RunStatus.SUCCESS, IMAGE, true, List.of())));
  }

  private static StepRecord step(
      StepKind kind, StepStatus status, long fromMs, long durationMs, String detail) {
    return new StepRecord(kind, status, NOON.plusMillis(fromMs), durationMs, detail);
  }
}
