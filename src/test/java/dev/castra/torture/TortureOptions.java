package dev.castra.torture;

import java.util.Arrays;
import java.util.Iterator;

/**
 * What to do.
 *
 * @param rounds against machines with driver {@code ssh}
 * @param qemuRounds against a VM with driver {@code qemu}
 * @param arenas how many projects with machines of driver {@code ssh} are tortured at once
 * @param seed decides everything but the timing
 * @param classArchive whether to spend some seconds on making castra start faster
 */
record TortureOptions(int rounds, int qemuRounds, int arenas, long seed, boolean classArchive) {
  static final String USAGE =
      """
      usage: tools/torture [--rounds N] [--qemu M] [--arenas A] [--seed S]

      Runs N (default 100) random rounds of real castra processes against SSH servers and M (default 0)
      against a real QEMU: several at once, killed, interrupted, cut off. After each round everything that
      castra promises is checked in the database, the logs and the guests; the first violation ends it
      with exit code 1 and leaves the project's folder in place.

        --rounds N   rounds against machines with driver ssh
        --qemu M     rounds against a VM
        --arenas A   projects at once, each with 1 to 3 machines (default: two per core)
        --seed S     picks the same things again, as the first line of an earlier report says
      """;

  static TortureOptions parse(String... arguments) {
    int rounds = 100;
    int qemuRounds = 0;
    // Some of the time every arena waits for a script or for a time limit.
    int arenas = Runtime.getRuntime().availableProcessors() * 2;
    long seed = System.currentTimeMillis() % 1_000_000_000;
    Iterator<String> words = Arrays.asList(arguments).iterator();
    while (words.hasNext()) {
      String option = words.next();
      switch (option) {
        case "--rounds" -> rounds = (int) number(option, words);
        case "--qemu" -> qemuRounds = (int) number(option, words);
        case "--arenas" -> arenas = Math.max(1, (int) number(option, words));
        case "--seed" -> seed = number(option, words);
        default -> throw new IllegalArgumentException("`" + option + "` is not known.");
      }
    }
    return new TortureOptions(rounds, qemuRounds, arenas, seed, rounds >= 40);
  }

  private static long number(String option, Iterator<String> words) {
    String value = words.hasNext() ? words.next() : "";
    if (!value.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException("`" + option + "` needs a number, not `" + value + "`.");
    }
    return Long.parseLong(value);
  }
}
