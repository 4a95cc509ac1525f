package dev.castra.project;

import java.util.OptionalInt;

/**
 * How much history is kept, from the {@code [history]} table. A run goes once either limit says so.
 *
 * @param keepRuns newest runs kept of each VM, at least 1; empty for all
 * @param keepDays days, at least 1, for which ended runs are kept; empty for ever
 */
public record Retention(OptionalInt keepRuns, OptionalInt keepDays) {
  private static final int MOST = 1_000_000;
  private static final int MOST_DAYS = 36_500;

  static Retention read(TableReader table) {
    return new Retention(integer(table, "keep_runs", MOST), integer(table, "keep_days", MOST_DAYS));
  }

  private static OptionalInt integer(TableReader table, String key, int most) {
    return table.integer(key, 1, most).map(OptionalInt::of).orElse(OptionalInt.empty());
  }

  public boolean keepsAll() {
    return keepRuns.isEmpty() && keepDays.isEmpty();
  }
}
