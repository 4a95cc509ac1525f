package dev.castra.guest;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.Deadline;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A script that runs in the guest whatever becomes of the connection. Its folder was made by {@link
 * TarUpload} and holds {@link #SCRIPT}, {@link #control()}, and where wanted {@link #PAYLOAD} and
 * {@link #environment}. The script runs in a session of its own, with the payload folder (or the
 * run folder) as working directory, nothing on stdin, and {@code CASTRA_RUN_DIR} set.
 */
public final class RemoteJob {
  /** The user's script: executed if it starts with {@code #!}, else given to {@code sh}. */
  public static final String SCRIPT = "run.sh";

  /** Folder the script starts in. */
  public static final String PAYLOAD = "payload";

  private static final String CONTROL = "job.sh";
  private static final String ENVIRONMENT = "env.sh";
  private static final String SAYS = "castra-job ";

  /** A follower left behind by a lost connection ends after this. */
  private static final Duration ROUND = Duration.ofMinutes(1);

  private static final int MOST_FAILURES = 3;

  private static final String FROM_STDIN = "eval \"$(cat)\"";

  private final GuestSession session;
  private final GuestPath folder;
  private final List<String> shell;

  public RemoteJob(GuestSession session, GuestPath folder) {
    this(session, folder, List.of("sh"));
  }

  RemoteJob(GuestSession session, GuestPath folder, List<String> shell) {
    this.session = session;
    this.folder = folder;
    this.shell = shell;
  }

  /** What became of a request to start. */
  public enum Start {
    STARTED,
    /** It was started before and is not started again, running or not. */
    ATTACHED
  }

  /** What became of a request to stop. */
  public enum Stop {
    STOPPED,
    /** Nothing of it was running; it will not start any more either. */
    IDLE,
    /** Some process of it is still there in spite of SIGKILL. */
    SURVIVED
  }

  /** The control script, to be sent with the rest. */
  public static TarEntrySource control() {
    return TarEntrySource.File.of(CONTROL, 0700, controlScript());
  }

  private static byte[] controlScript() {
    return ScriptResource.text(CONTROL).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The variables as a file only their owner may read, to be sent with the rest.
   *
   * @throws IllegalArgumentException if a name does not match {@code [A-Za-z_][A-Za-z0-9_]*} or a
   *     value holds NUL; the message shows no value
   */
  public static TarEntrySource.File environment(Map<String, String> variables) {
    StringBuilder lines = new StringBuilder();
    variables.forEach(
        (name, value) -> {
          if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            throw new IllegalArgumentException("Not a variable name: `" + name + "`.");
          }
          lines.append("export ").append(name).append('=');
          lines.append(ShellQuote.word(value)).append('\n');
        });
    byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
    return TarEntrySource.File.of(ENVIRONMENT, 0600, bytes);
  }

  /**
   * Starts the script unless that was done before, so that it may be called again after a lost
   * connection. Does not wait for the script.
   */
  public Start start(Duration limit) throws ConnectionLost, InterruptedException {
    List<String> words = words("start");
    words.addAll(shell);
    RemoteResult result = ask(command(words), limit);
    return switch (said(result).orElse("")) {
      case "started" -> Start.STARTED;
      case "attached" -> Start.ATTACHED;
      default -> throw failed("started", result);
    };
  }

  /**
   * Copies the script's output, both streams mixed, from {@code offset} until the script has ended
   * and all it wrote has come. What it left in the background is not waited for. Blocks; output is
   * held back in the guest while {@code out} does not take it.
   *
   * @param offset bytes to leave out, from an earlier follow
   * @throws CastraException with {@code IO} if {@code out} fails
   */
  public JobProgress follow(long offset, OutputStream out, Duration limit)
      throws InterruptedException {
    Deadline deadline = Deadline.after(session.ticker(), limit);
    Position position = new Position(out, offset);
    int failures = 0;
    while (true) {
      Optional<RemoteResult> round;
      try {
        round = round(position, deadline);
      } catch (ConnectionLost e) {
        return new JobProgress.Disconnected(e, position.offset);
      }
      if (round.isEmpty()) {
        return new JobProgress.StillRunning(position.offset);
      }
      String said = said(round.get()).orElse("");
      Optional<JobProgress> ended = ended(said, round.get(), position.offset);
      if (ended.isPresent()) {
        return ended.get();
      }
      failures = said.equals("running") ? 0 : failures + 1;
      if (failures >= MOST_FAILURES) {
        throw failed("followed", round.get());
      }
      if (deadline.passed()) {
        return new JobProgress.StillRunning(position.offset);
      }
    }
  }

  /**
   * Where the script stands now, without waiting for it.
   *
   * @param limit how long the guest may take to answer
   * @throws CastraException with {@code GUEST_FAILED} if the guest does not know
   */
  public JobProgress look(Duration limit) throws ConnectionLost, InterruptedException {
    Position position = new Position(OutputStream.nullOutputStream(), 0);
    List<String> words = words("follow");
    words.addAll(List.of("0", "0"));
    RemoteResult result = session.exec(command(words).withStdout(position), limit);
    String said = said(result).orElse("");
    if (said.equals("running")) {
      return new JobProgress.StillRunning(position.offset);
    }
    return ended(said, result, position.offset).orElseThrow(() -> failed("looked at", result));
  }

  private Optional<JobProgress> ended(String said, RemoteResult result, long offset) {
    if (said.startsWith("ended ")) {
      return Optional.of(new JobProgress.Ended(exitCode(said, result), offset));
    }
    if (said.startsWith("vanished ")) {
      return Optional.of(new JobProgress.Vanished(said.substring(9), offset));
    }
    return Optional.empty();
  }

  /**
   * Ends the script, what verifies it and everything they started, and keeps them from being
   * started: SIGTERM, and SIGKILL after {@code grace}. Never touches a process that is not provably
   * this job's. Idempotent. Needs no control script in the folder, whose transfer may have been cut
   * short and whose content a crash of the guest may have taken.
   *
   * @throws CastraException with {@code GUEST_FAILED} if nobody knows whether anything still runs
   */
  public Stop stop(Duration grace) throws ConnectionLost, InterruptedException {
    List<String> words = new ArrayList<>(shell);
    words.addAll(List.of("-c", FROM_STDIN, "castra", "stop", folder.value(), centiseconds(grace)));
    RemoteCommand command = command(words).withStdin(out -> out.write(controlScript()));
    RemoteResult result = ask(command, grace.plusSeconds(60));
    String said = said(result).orElse("");
    if (said.startsWith("survived")) {
      return Stop.SURVIVED;
    }
    return switch (said) {
      case "stopped" -> Stop.STOPPED;
      case "idle" -> Stop.IDLE;
      default -> throw failed("stopped", result);
    };
  }

  /**
   * Runs {@code command} with the guest's {@code sh} where the script ran, with its variables;
   * blocks. Empty at the limit: it then runs on until {@link #stop}.
   *
   * @param out receives both its streams
   * @throws CastraException with {@code IO} if {@code out} fails
   */
  public Optional<RemoteResult> verify(String command, OutputStream out, Duration limit)
      throws ConnectionLost, InterruptedException {
    List<String> words = words("verify");
    words.add(command);
    String marking = "CASTRA_VERIFY_DIR=$1; export CASTRA_VERIFY_DIR; shift; exec \"$@\"";
    words.addAll(0, List.of("sh", "-c", marking, "castra", folder.value()));
    Watch<RuntimeException> nothing = () -> {};
    return session.run(command(words).withStdout(out).withStderr(out), limit, nothing);
  }

  private Optional<RemoteResult> round(Position position, Deadline deadline)
      throws ConnectionLost, InterruptedException {
    List<String> words = words("follow");
    words.add(Long.toString(position.offset));
    words.add(centiseconds(deadline.capped(ROUND)));
    Watch<RuntimeException> nothing = () -> {};
    return session.run(command(words).withStdout(position), deadline.remaining(), nothing);
  }

  private List<String> words(String verb) {
    List<String> words = new ArrayList<>(shell);
    words.addAll(List.of(folder + "/" + CONTROL, verb, folder.value()));
    return words;
  }

  private RemoteCommand command(List<String> words) {
    return RemoteCommand.of(words.toArray(String[]::new))
        .withLabel("the script in `" + folder + "`");
  }

  private static String centiseconds(Duration duration) {
    return Long.toString(duration.toMillis() / 10);
  }

  /** A busy server can lose what a command said last; every question may be repeated. */
  private RemoteResult ask(RemoteCommand command, Duration limit)
      throws ConnectionLost, InterruptedException {
    RemoteResult result = session.exec(command, limit);
    return result.succeeded() && said(result).isEmpty() ? session.exec(command, limit) : result;
  }

  /** The control script's word, among whatever else a login shell may write to stderr. */
  private static Optional<String> said(RemoteResult result) {
    return result
        .stderr()
        .lines()
        .filter(line -> line.startsWith(SAYS))
        .reduce((first, second) -> second)
        .map(line -> line.substring(SAYS.length()));
  }

  private int exitCode(String said, RemoteResult result) {
    try {
      return Integer.parseInt(said.substring("ended ".length()));
    } catch (NumberFormatException e) {
      throw failed("followed", result);
    }
  }

  private CastraException failed(String verb, RemoteResult result) {
    String seen = result.stderr().strip().lines().findFirst().orElse(result.ending());
    return new CastraException(
        ErrorCode.GUEST_FAILED,
        "The script in `%s` cannot be %s: %s.".formatted(folder, verb, seen),
        "Look at that folder in the guest.");
  }

  /** Counts what was delivered for good. */
  private static final class Position extends FilterOutputStream {
    private long offset;

    Position(OutputStream out, long offset) {
      super(out);
      this.offset = offset;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int start, int length) throws IOException {
      out.write(bytes, start, length);
      offset += length;
    }
  }
}
