package dev.castra.operation;

import dev.castra.run.StepKind;
import dev.castra.steplog.StepPart;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/** One log on its way to whoever reads it. */
final class ShownLog implements AutoCloseable {
  private final LogFinder.Found log;
  private final GrowingFile file;
  private final OutputStream out;
  private final Optional<StepKind> step;
  private final Optional<StepPart> part;
  private boolean goesOn = true;
  private boolean over;
  private boolean closed;

  ShownLog(LogFinder.Found log, Optional<StepKind> step, OutputStream destination) {
    this.log = log;
    this.file = new GrowingFile(log.file());
    this.step = step;
    this.part = step.map(wanted -> new StepPart(wanted, destination));
    this.out = part.<OutputStream>map(only -> only).orElse(destination);
  }

  /** Copies what there is. */
  void copyAll() {
    file.copyTo(out);
    flush();
    close();
  }

  /**
   * Copies what has been added. Only once nothing came is it asked whether more may come, and then
   * read once more: the end of a run is recorded after the last line of its log.
   *
   * @return whether there was anything
   */
  boolean copyMore() {
    boolean last = !goesOn;
    boolean any = file.copyTo(out);
    flush();
    over = last || part.filter(StepPart::ended).isPresent();
    if (over) {
      close();
    } else if (!any) {
      goesOn = log.goesOn().getAsBoolean();
    }
    return any || !goesOn;
  }

  /** True once everything was copied. */
  boolean isOver() {
    return over;
  }

  /** What the reader should know besides. */
  Optional<String> remark() {
    if (!file.opened()) {
      return Optional.of("the log of " + log.what() + " is gone");
    }
    if (part.isPresent() && !part.get().began()) {
      return Optional.of(
          log.what() + " has not come to step `" + step.map(StepKind::id).orElse("") + "`");
    }
    return !goesOn && log.leftBehind().getAsBoolean()
        ? Optional.of(log.what() + " has no end: the castra that carried it out is gone")
        : Optional.empty();
  }

  private void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the last line, if nothing else did. Idempotent. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    file.close();
    try {
      out.close();
    } catch (IOException nobodyReads) {
      // Whoever does not read any more misses nothing.
    }
  }
}
