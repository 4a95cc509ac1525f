package dev.castra.steplog;

import dev.castra.event.Json;
import dev.castra.process.PrivateFiles;
import dev.castra.run.RunId;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The durable log of one run: {@code RUN.log} with everything the guest printed, each line with the
 * time it arrived, and {@code RUN.json} with the facts. Both get their final names only when they
 * are complete and on disk. A guest's line that begins with {@code castra:} gets {@code castra
 * (guest):} instead, so that no guest can write a line of Castra's own. Thread-safe.
 */
public final class RunLog implements AutoCloseable {
  /** How a line of Castra's own begins, after its time. */
  static final String NOTE = "castra: ";

  /** How a guest's line goes on that begins as one of Castra's own does, but for the colon. */
  private static final String NOT_OURS = " (guest)";

  private static final byte[] NAME = "castra".getBytes(StandardCharsets.US_ASCII);

  /** As much of the name as a text can end on a line that something else began. */
  private static final Pattern OURS =
      Pattern.compile("^(\\h*(?:castra|astra|stra|tra|ra|a)):", Pattern.MULTILINE);

  private final Path folder;
  private final RunId run;
  private final Clock clock;
  private final FileChannel channel;
  private final OutputStream file;
  private boolean atLineStart = true;

  /** How many bytes of a guest's present line are those of the name; -1 once another came. */
  private int nameBytes = -1;

  private RunLog(Path folder, RunId run, Clock clock, FileChannel channel) {
    this.folder = folder;
    this.run = run;
    this.clock = clock;
    this.channel = channel;
    this.file = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
  }

  /**
   * Begins the log, or goes on with the one that a dead process left: unfinished, or finished
   * before the process could record the end of the run elsewhere.
   *
   * @param folder must exist
   */
  public static RunLog open(Path folder, RunId run, Clock clock) throws IOException {
    Path part = unfinished(folder, run);
    if (Files.notExists(part) && Files.exists(textFile(folder, run))) {
      Files.move(textFile(folder, run), part, StandardCopyOption.ATOMIC_MOVE);
    }
    FileChannel channel =
        FileChannel.open(
            part,
            EnumSet.of(
                StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    RunLog log = new RunLog(folder, run, clock, channel);
    log.endTornLine(part);
    return log;
  }

  private void endTornLine(Path part) throws IOException {
    try (FileChannel reader = FileChannel.open(part, StandardOpenOption.READ)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      if (reader.size() > 0
          && reader.read(last, reader.size() - 1) == 1
          && last.get(0) != (byte) '\n') {
        file.write('\n');
        file.flush();
      }
    }
  }

  /** Where the text will be once the run has ended. */
  public static Path textFile(Path folder, RunId run) {
    return folder.resolve(run + ".log");
  }

  /** Where the facts will be once the run has ended. */
  public static Path jsonFile(Path folder, RunId run) {
    return folder.resolve(run + ".json");
  }

  /** Where the text is while the run is under way. */
  public static Path unfinished(Path folder, RunId run) {
    return folder.resolve(run + ".log.part");
  }

  public Path jsonFile() {
    return jsonFile(folder, run);
  }

  /** How the log has a text that a guest printed, at the beginning of a line or after the name. */
  public static String marked(String text) {
    return OURS.matcher(text).replaceAll("$1" + Matcher.quoteReplacement(NOT_OURS) + ":");
  }

  /** Receives what the guest prints; bytes pass as they are, whatever their encoding. */
  public OutputStream output() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        append(bytes, offset, length, true);
      }
    };
  }

  /** Adds a line of Castra's own. */
  public synchronized void note(String text) throws IOException {
    if (!atLineStart) {
      append(new byte[] {'\n'}, 0, 1, false);
    }
    byte[] line = (NOTE + text.replace('\n', ' ') + "\n").getBytes(StandardCharsets.UTF_8);
    append(line, 0, line.length, false);
  }

  /** Says that a step begins. */
  public void stepStarted(StepKind step) throws IOException {
    note(StepPart.beginning(step));
  }

  /** Says how a step ended. */
  public void stepEnded(StepRecord step) throws IOException {
    String detail = step.detail().isEmpty() ? "" : ": " + step.detail();
    note(
        step.step().id()
            + " "
            + step.status().id()
            + " after "
            + step.durationMs()
            + " ms"
            + detail);
  }

  private synchronized void append(byte[] bytes, int offset, int length, boolean guest)
      throws IOException {
    int end = offset + length;
    int start = offset;
    while (start < end) {
      if (atLineStart) {
        file.write(
            (clock.instant().truncatedTo(ChronoUnit.MILLIS) + " ")
                .getBytes(StandardCharsets.US_ASCII));
        nameBytes = guest ? 0 : -1;
      }
      int next = start;
      while (next < end && bytes[next] != '\n') {
        next++;
      }
      atLineStart = next < end;
      int stop = atLineStart ? next + 1 : end;
      int colon = colonAfterName(bytes, start, stop);
      file.write(bytes, start, colon - start);
      if (colon < stop) {
        file.write(NOT_OURS.getBytes(StandardCharsets.US_ASCII));
        file.write(bytes, colon, stop - colon);
      }
      start = stop;
    }
    // A reader of the running log sees what has arrived.
    file.flush();
  }

  /** Where a guest's line goes on like one of Castra's own; {@code end} if it does not there. */
  private int colonAfterName(byte[] bytes, int start, int end) {
    int at = start;
    while (at < end && nameBytes >= 0 && nameBytes < NAME.length) {
      nameBytes = bytes[at] == NAME[nameBytes] ? nameBytes + 1 : -1;
      at++;
    }
    if (at == end || nameBytes < 0) {
      return end;
    }
    nameBytes = -1;
    return bytes[at] == ':' ? at : end;
  }

  /** Gives both files their final names. Repeatable: the last call's facts stay. */
  public synchronized void finish(Map<String, @Nullable Object> facts) throws IOException {
    channel.force(true);
    Path part = unfinished(folder, run);
    if (Files.exists(part)) {
      Files.move(part, textFile(folder, run), StandardCopyOption.ATOMIC_MOVE);
    }
    Path temporary = folder.resolve(run + ".json.part");
    PrivateFiles.write(temporary, (Json.pretty(facts) + "\n").getBytes(StandardCharsets.UTF_8));
    Files.move(temporary, jsonFile(), StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
