package dev.castra.torture;

import dev.castra.it.Records;
import dev.castra.vm.Sha256;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Holds what scripts left on a machine against what the database says of its runs. */
final class Witnesses {
  private static final String RUNS =
      "SELECT r.run_id, r.disk_id, r.boot_id, r.bootstrap_artifact_hash AS artifact, r.run_trigger, r.status,"
          + " r.failed_step, r.error, a.sha256 AS serial, l.status AS transfer FROM runs r"
          + " LEFT JOIN artifact_entries a ON a.kind = 'file' AND a.name = 'serial'"
          + " AND a.bootstrap_artifact_hash = r.bootstrap_artifact_hash"
          + " LEFT JOIN step_logs l ON l.run_id = r.run_id AND l.step = 'transfer'"
          + " WHERE r.vm = '%s' ORDER BY r.run_id";

  private final String vm;
  private final List<Records.Row> runs;
  private final Set<Long> withdrawn = new HashSet<>();
  private final Map<String, Execution> executions = new HashMap<>();
  private final List<Execution> inOrder = new ArrayList<>();

  private Witnesses(String vm, List<Records.Row> runs) {
    this.vm = vm;
    this.runs = runs;
  }

  /** A script that was started. */
  private record Execution(String run, String serial, Optional<String> exit) {
    boolean succeeded() {
      return exit.filter("0"::equals).isPresent();
    }
  }

  static void examine(String vm, List<String> lines, Records.Reading records) throws SQLException {
    Witnesses witnesses = new Witnesses(vm, records.rows(RUNS.formatted(vm)));
    records
        .rows("SELECT run_id FROM events WHERE type = 'StampWithdrawn' AND vm = '" + vm + "'")
        .forEach(event -> witnesses.withdrawn.add(Long.parseLong(event.get("run_id"))));
    witnesses.read(lines);
    witnesses.compare();
  }

  private void read(List<String> lines) {
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      if (words.length < 3 || (words[0].equals("end") && words.length < 4)) {
        // What QEMU was writing when it was killed.
        continue;
      }
      Violation.unless(!words[0].equals("overlap"), "on %s two scripts ran at once: %s", vm, lines);
      if (words[0].equals("start")) {
        Execution started = new Execution(words[1], words[2], Optional.empty());
        Violation.unless(
            executions.put(words[1], started) == null,
            "on %s the script of run %s was started twice: %s",
            vm,
            words[1],
            lines);
        inOrder.add(started);
      } else {
        Execution ended = new Execution(words[1], words[2], Optional.of(words[3]));
        Execution started = executions.put(words[1], ended);
        inOrder.set(inOrder.indexOf(started), ended);
      }
    }
  }

  private void compare() {
    Map<String, Records.Row> byId = new HashMap<>();
    runs.forEach(run -> byId.put(run.get("run_id"), run));
    for (Execution execution : inOrder) {
      Records.Row run = byId.get(execution.run());
      if (run == null) {
        throw new Violation("on " + vm + " a script ran for run " + execution.run());
      }
      Violation.unless(
          run.get("serial").equals(hashOf(execution.serial())),
          "on %s run %s applied payload %s, which is not what it recorded",
          vm,
          execution.run(),
          execution.serial());
    }
    refuseUnprovenSuccess();
    refuseRepetition();
  }

  private static String hashOf(String serial) {
    return Sha256.of((serial + "\n").getBytes(StandardCharsets.UTF_8)).hex();
  }

  /** A success has its own script's good end, or that of the attempt it took over. */
  private void refuseUnprovenSuccess() {
    Set<String> doneByUnfinished = new HashSet<>();
    for (Records.Row run : runs) {
      String id = run.get("run_id");
      String what = run.get("disk_id") + " " + run.get("artifact");
      boolean done =
          Optional.ofNullable(executions.get(id)).filter(Execution::succeeded).isPresent();
      switch (run.get("status")) {
        case "success", "noop" -> {
          boolean takenOver = run.get("transfer").equals("skipped");
          Violation.unless(
              takenOver ? doneByUnfinished.contains(what) : done,
              "run %s of %s is a success (%s) but no script of it ended well",
              id,
              vm,
              takenOver ? "taken over" : "its own");
          doneByUnfinished.remove(what);
        }
        default -> {
          if (done) {
            doneByUnfinished.add(what);
          }
        }
      }
    }
  }

  /** A script that ended well is not run again for the same thing, unless somebody wanted that. */
  private void refuseRepetition() {
    Records.Row last = null;
    boolean lastDone = false;
    int position = 0;
    for (Records.Row run : runs) {
      Execution execution = executions.get(run.get("run_id"));
      if (execution != null) {
        Violation.unless(
            last == null || !lastDone || mayRepeat(last, run, runs.subList(0, position)),
            "on %s run %s repeated what the script of run %s had done",
            vm,
            run.get("run_id"),
            last == null ? "?" : last.get("run_id"));
        last = run;
        lastDone = execution.succeeded();
      }
      position++;
    }
  }

  /** A forced run that does not end well withdraws the stamp, however far it came. */
  private static boolean isSpoiltByForce(Records.Row run) {
    return run.get("run_trigger").equals("always")
        && Set.of("failed", "interrupted").contains(run.get("status"));
  }

  /** Its own script, or the one that it took over: that may have been just about to end. */
  private static boolean wasToldToEnd(Records.Row run) {
    return run.get("error").contains("SIGINT");
  }

  private static boolean isBetween(Records.Row first, long run, Records.Row second) {
    return Long.parseLong(first.get("run_id")) <= run && run < Long.parseLong(second.get("run_id"));
  }

  private boolean mayRepeat(Records.Row first, Records.Row second, List<Records.Row> before) {
    if (second.get("run_trigger").equals("always")
        || !second.get("disk_id").equals(first.get("disk_id"))
        // What a guest did before it was started anew is looked at no more.
        || !second.get("boot_id").equals(first.get("boot_id"))
        || !second.get("artifact").equals(first.get("artifact"))
        || wasToldToEnd(first)
        || withdrawn.stream().anyMatch(run -> isBetween(first, run, second))) {
      return true;
    }
    return before.subList(before.indexOf(first), before.size()).stream()
        .anyMatch(
            run ->
                !run.get("artifact").equals(first.get("artifact"))
                    || isSpoiltByForce(run)
                    || (run.get("transfer").equals("skipped") && wasToldToEnd(run))
                    || (run.get("status").equals("failed")
                        && !Set.of("wait-handshake", "connect").contains(run.get("failed_step"))));
  }
}
