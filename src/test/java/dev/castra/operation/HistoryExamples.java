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
import org.jspecify.annotations.Nullable;

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
        Optional.of("/shop/.castra/reports/web-0-run-13.tar.gz"),
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
        Optional.empty(),
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
        Optional.empty(),
        Optional.of(
            new RunDetails.Before(new RunId(9), RunStatus.SUCCESS, IMAGE, true, List.of())));
  }

  private static StepRecord step(
      StepKind kind, StepStatus status, long fromMs, long durationMs, String detail) {
    return new StepRecord(kind, status, NOON.plusMillis(fromMs), durationMs, detail);
  }

  /** Two runs that differ in every way. */
  public static RunDiff diff() {
    return new RunDiff(
        success(),
        failed(),
        false,
        List.of(
            change("script", "run.sh", side(0755, 10, IMAGE), side(0755, 12, OTHER_IMAGE)),
            change("file", "app\u001b.env", Optional.empty(), side(0600, 36, IMAGE)),
            change("setting", "verify_path", side(-1, 9, IMAGE), Optional.empty()),
            change("env", "TOKEN", side(-1, -1, null), side(-1, -1, null))),
        List.of(
            step("connect", taken("success", 100), taken("success", 80)),
            step("apply", taken("success", 6_000), taken("failed", 185_000)),
            step("verify", taken("skipped", 0), Optional.empty())));
  }

  /** Two runs of the same. */
  public static RunDiff sameDiff() {
    return new RunDiff(success(), success(), true, List.of(), List.of());
  }

  private static RunDiff.Change change(
      String kind, String name, Optional<RunDiff.Side> left, Optional<RunDiff.Side> right) {
    return new RunDiff.Change(kind, name, left, right);
  }

  /** A negative number stands for none. */
  private static Optional<RunDiff.Side> side(int mode, long sizeBytes, @Nullable Sha256 sha256) {
    return Optional.of(
        new RunDiff.Side(
            mode < 0 ? Optional.empty() : Optional.of(mode),
            sizeBytes < 0 ? Optional.empty() : Optional.of(sizeBytes),
            Optional.ofNullable(sha256)));
  }

  private static RunDiff.Step step(
      String step, Optional<RunDiff.Taken> left, Optional<RunDiff.Taken> right) {
    return new RunDiff.Step(step, left, right);
  }

  private static Optional<RunDiff.Taken> taken(String status, long durationMs) {
    return Optional.of(new RunDiff.Taken(status, durationMs));
  }

  /** Steps of all VMs, with and without a trend. */
  public static StepStats stats() {
    return new StepStats(
        "shop",
        List.of(),
        List.of(
            new StepStats.Step("connect", 3, 0, 80, 100, 100, Optional.empty()),
            new StepStats.Step(
                "apply",
                40,
                3,
                6_000,
                7_000,
                185_000,
                Optional.of(new StepStats.Trend(5_000, 6_200))),
            new StepStats.Step(
                "verify", 40, 0, 10, 12, 19, Optional.of(new StepStats.Trend(12, 0)))));
  }

  /** Of VMs on which nothing was done yet. */
  public static StepStats noStats() {
    return new StepStats("shop", List.of(new VmName("web-0"), new VmName("web-1")), List.of());
  }

  /** Steps of one VM. */
  public static StepStats statsOfVm() {
    return new StepStats(
        "shop",
        List.of(new VmName("web-0")),
        List.of(
            new StepStats.Step(
                "apply",
                11,
                1,
                6_000,
                7_000,
                7_000,
                Optional.of(new StepStats.Trend(6_200, 5_000)))));
  }
}
