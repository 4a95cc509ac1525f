package dev.castra.torture;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** What all rounds together did. Used by many threads. */
final class Tally {
  private final Map<String, Integer> rounds = new TreeMap<>();
  private final Map<Kind, Integer> troubles = new EnumMap<>(Kind.class);
  private final Map<String, Integer> commands = new TreeMap<>();
  private final Map<String, Integer> runs = new TreeMap<>();
  private final Map<String, Integer> outcomes = new TreeMap<>();
  private int events;
  private int convergences;

  synchronized void round(String arena) {
    rounds.merge(arena, 1, Integer::sum);
  }

  synchronized void trouble(Kind kind) {
    troubles.merge(kind, 1, Integer::sum);
  }

  synchronized void command(String name, int exitCode) {
    commands.merge(name + " " + exitCode, 1, Integer::sum);
  }

  synchronized void runs(Map<String, Integer> byStatus) {
    byStatus.forEach((status, count) -> runs.merge(status, count, Integer::sum));
  }

  synchronized void outcome(String status) {
    outcomes.merge(status, 1, Integer::sum);
  }

  synchronized void acknowledged(int count) {
    events += count;
  }

  synchronized void converged() {
    convergences++;
  }

  synchronized String table(long seconds, int violations) {
    StringBuilder table = new StringBuilder();
    row(table, "rounds", rounds.toString());
    row(table, "seconds", Long.toString(seconds));
    row(
        table,
        "CPU seconds of the machines",
        ProcessHandle.current()
            .info()
            .totalCpuDuration()
            .map(cpu -> Long.toString(cpu.toSeconds()))
            .orElse("?"));
    troubles.forEach((kind, count) -> row(table, kind.label(), count.toString()));
    row(table, "commands by exit code", commands.toString());
    row(table, "runs that ended", runs.toString());
    row(table, "outcomes told", outcomes.toString());
    row(table, "events acknowledged", Integer.toString(events));
    row(table, "convergences", Integer.toString(convergences));
    row(table, "violations", Integer.toString(violations));
    return table.toString();
  }

  private static void row(StringBuilder table, String name, String value) {
    table.append("  ").append(name);
    table.append(" ".repeat(Math.max(1, 36 - name.length()))).append(value).append('\n');
  }
}
