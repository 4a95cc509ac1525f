package dev.castra.bootstrap.step;

import dev.castra.bootstrap.Connection;
import dev.castra.bootstrap.RunContext;
import dev.castra.bootstrap.StepFailure;
import dev.castra.error.ErrorCode;
import dev.castra.guest.ConnectionLost;
import dev.castra.guest.GuestPath;
import dev.castra.guest.GuestSession;
import dev.castra.guest.JobProgress;
import dev.castra.guest.RemoteCommand;
import dev.castra.guest.RemoteJob;
import dev.castra.guest.RemoteResult;
import dev.castra.run.Trigger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Looks at what the guest is and what earlier runs left there: a script of a dead Castra with the
 * same artifact is taken over, any other one is stopped.
 */
public final class Connect {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /**
   * Prints the kernel, the names of earlier attempts in $1, then the folders ending in $2 whose
   * scripts run; complains about missing programs. Anybody may give a process such a variable, so
   * the folder it names must be this user's own and reached by no link.
   */
  private static final String LOOK =
      """
      for tool in tar mkdir rm mv cat; do
        command -v "$tool" >/dev/null 2>&1 || { echo "the guest has no \\`$tool\\`" >&2; exit 3; }
      done
      uname -srm
      (cd "$1" 2>/dev/null && ls -1)
      cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' |
        LC_ALL=C grep -x "CASTRA_[RV][A-Z]*_DIR=/.*/$2/[0-9a-f-]*" |
        while IFS='=' read -r _ folder; do
          [ -O "$folder" ] && [ "$(cd "$folder" && pwd -P)" = "$folder" ] && echo "$folder"
        done
      exit 0
      """;

  private static final String GONE = ".gone";

  /** Under another name first, so that its script never sees itself half removed. */
  private static final String REMOVE =
      """
      rm -rf "$1$2" || exit
      [ ! -e "$1" ] || mv "$1" "$1$2" || exit
      exec rm -rf "$1$2"
      """;

  private static final String UNSTOPPED = "[ ! -e \"$1/stop\" ]";

  private final RunContext context;
  private final Connection connection;

  public Connect(RunContext context, Connection connection) {
    this.context = context;
    this.connection = connection;
  }

  /**
   * What the next steps work with.
   *
   * @param folder of this run in the guest, or of the one that is taken over
   * @param takenOver true if the script was started by an earlier attempt
   */
  public record Found(GuestPath folder, boolean takenOver) {}

  public StepResult<Found> call() throws ConnectionLost, InterruptedException {
    GuestSession session = connection.session();
    String parent = RunFolders.parent(context).value();
    RemoteResult seen =
        session.exec(RemoteCommand.script(LOOK, parent, RunFolders.place(context)), LIMIT);
    if (!seen.succeeded()) {
      throw new StepFailure(
          ErrorCode.GUEST_FAILED,
          "The guest cannot be bootstrapped: " + firstLine(seen) + ".",
          "Use a base image with a POSIX shell and tar.");
    }
    List<String> lines = seen.stdout().lines().toList();
    List<GuestPath> earlier =
        lines.stream().skip(1).flatMap(line -> attempt(line).stream()).distinct().toList();
    Optional<GuestPath> taken = worthTaking(session, earlier);
    for (GuestPath folder : earlier) {
      if (taken.filter(folder::equals).isEmpty()) {
        clearAway(session, folder);
      }
    }
    GuestPath folder = taken.orElseGet(() -> RunFolders.of(context, context.attemptKey()));
    return StepResult.done(
        new Found(folder, taken.isPresent()), lines.isEmpty() ? "" : lines.get(0));
  }

  private Optional<GuestPath> worthTaking(GuestSession session, List<GuestPath> earlier)
      throws ConnectionLost, InterruptedException {
    for (UUID attempt : context.resumable()) {
      GuestPath folder = RunFolders.of(context, attempt);
      if (earlier.contains(folder) && isWorthIt(session, folder)) {
        return Optional.of(folder);
      }
    }
    return Optional.empty();
  }

  /**
   * True if the earlier attempt's script still runs, or ended well while nobody watched and no full
   * run was asked for since. One that was told to stop did not end well.
   */
  private boolean isWorthIt(GuestSession session, GuestPath folder)
      throws ConnectionLost, InterruptedException {
    if (!session.exec(RemoteCommand.script(UNSTOPPED, folder.value()), LIMIT).succeeded()) {
      return false;
    }
    try {
      JobProgress progress = new RemoteJob(session, folder).look(LIMIT);
      return progress instanceof JobProgress.StillRunning
          || context.trigger() != Trigger.ALWAYS
              && progress instanceof JobProgress.Ended ended
              && ended.exitCode() == 0;
    } catch (dev.castra.error.CastraException neverStarted) {
      return false;
    }
  }

  private static void clearAway(GuestSession session, GuestPath folder)
      throws ConnectionLost, InterruptedException {
    ScriptStop.call(
        new RemoteJob(session, folder), "The script of an earlier run in `" + folder + "`");
    // What cannot be removed, such as another user's files, is in no later run's way.
    session.exec(RemoteCommand.script(REMOVE, folder.value(), GONE), LIMIT);
  }

  /** Only attempts of this VM, or what is left of one, are ever touched. */
  private Optional<GuestPath> attempt(String line) {
    String entry = line.endsWith(GONE) ? line.substring(0, line.length() - GONE.length()) : line;
    String name = entry.substring(entry.lastIndexOf('/') + 1);
    try {
      GuestPath folder = RunFolders.of(context, UUID.fromString(name));
      boolean elsewhere = entry.endsWith("/" + RunFolders.place(context) + "/" + name);
      return folder.value().endsWith("/" + name)
          ? Optional.of(elsewhere ? new GuestPath(entry) : folder)
          : Optional.empty();
    } catch (IllegalArgumentException foreign) {
      return Optional.empty();
    }
  }

  private static String firstLine(RemoteResult result) {
    return result.stderr().strip().lines().findFirst().orElse(result.ending());
  }
}
