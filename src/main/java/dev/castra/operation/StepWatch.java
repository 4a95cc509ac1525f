package dev.castra.operation;

import dev.castra.bootstrap.RunFailure;
import dev.castra.bootstrap.RunJournal;
import dev.castra.event.CastraEvent;
import dev.castra.process.Ticker;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.UsualTimes;
import dev.castra.vm.VmName;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Records a run, and calls out a step that takes far longer than it usually does, while it does:
 * once for each step, and never after the step's end.
 */
final class StepWatch implements RunJournal, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(StepWatch.class.getName());
  private static final Duration INTERVAL = Duration.ofMillis(200);

  private final RunJournal record;
  private final VmName vm;
  private final UsualTimes usual;
  private final Ticker ticker;
  private final Consumer<CastraEvent.Diagnostic> told;
  private Optional<StepKind> current = Optional.empty();
  private long startNanos;
  private boolean closed;

  /**
   * @param told what may take its time or fail; is called by one thread at a time
   */
  StepWatch(
      RunJournal record,
      VmName vm,
      UsualTimes usual,
      Ticker ticker,
      Consumer<CastraEvent.Diagnostic> told) {
    this.record = record;
    this.vm = vm;
    this.usual = usual;
    this.ticker = ticker;
    this.told = told;
  }

  /** Begins to look at the step under way every now and then, on a thread of its own. */
  void start() {
    if (!usual.knowsSlow()) {
      return;
    }
    Thread thread = new Thread(this::watch, "castra-pace-" + vm);
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    try {
      while (look()) {
        ticker.sleep(INTERVAL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public RunId id() {
    return record.id();
  }

  @Override
  public void stepStarted(StepKind step) {
    record.stepStarted(step);
    at(Optional.of(step));
  }

  @Override
  public void stepEnded(StepRecord step) {
    at(Optional.empty());
    record.stepEnded(step);
  }

  @Override
  public void completed(RunStatus status, long durationMs) {
    close();
    record.completed(status, durationMs);
  }

  @Override
  public void failed(RunStatus status, RunFailure failure, long durationMs) {
    close();
    record.failed(status, failure, durationMs);
  }

  /** From now on at this step, or at none. Waits for a call-out that is being recorded. */
  private synchronized void at(Optional<StepKind> step) {
    current = step.filter(unlessClosed -> !closed);
    startNanos = ticker.nanos();
  }

  /** Calls out the step under way if it is time to; false once there is nothing to look at. */
  synchronized boolean look() {
    long elapsedMs = (ticker.nanos() - startNanos) / 1_000_000;
    current
        .flatMap(step -> usual.slow(step, elapsedMs))
        .ifPresent(
            slow -> {
              current = Optional.empty();
              tell(slow);
            });
    return !closed;
  }

  /** A remark that cannot be recorded is no reason to fail the run. */
  private void tell(UsualTimes.Slow slow) {
    try {
      told.accept(
          new CastraEvent.Diagnostic(
              Optional.of(vm),
              "warning",
              "slow-step",
              "`%s` is slow: %s so far, usually at most %s"
                  .formatted(slow.step().id(), brief(slow.elapsedMs()), brief(slow.p95Ms())),
              Optional.of(new CastraEvent.SlowStep(id(), slow))));
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.DEBUG, "A slow step could not be recorded.", e);
    }
  }

  private static String brief(long milliseconds) {
    if (milliseconds < 1_000) {
      return milliseconds + " ms";
    }
    return milliseconds < 10_000
        ? milliseconds / 1_000 + "." + milliseconds % 1_000 / 100 + " s"
        : milliseconds / 1_000 + " s";
  }

  @Override
  public synchronized void close() {
    closed = true;
    current = Optional.empty();
  }
}
