package dev.castra.torture;

import java.io.PrintStream;
import java.util.List;
import java.util.Random;

/**
 * Runs castra processes in ways nobody should, and checks after each round that nothing that castra
 * promises was broken.
 */
public final class Torture {
  /** New machines and a new database after so many rounds: beginnings need torture too. */
  private static final int ROUNDS_PER_PROJECT = 25;

  private static final int CONVERGE_EVERY = 10;

  private final TortureOptions options;
  private final PrintStream out;
  private final Tally tally = new Tally();
  private List<String> jvmOptions = List.of();

  Torture(TortureOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  public static void main(String[] arguments) throws Exception {
    TortureOptions options;
    try {
      options = TortureOptions.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(TortureOptions.USAGE);
      System.exit(64);
      return;
    }
    System.exit(new Torture(options, System.out).run() ? 0 : 1);
  }

  /** True if nothing was violated. */
  boolean run() throws Exception {
    long start = System.nanoTime();
    out.println(
        "torture --rounds %d --qemu %d --seed %d"
            .formatted(options.rounds(), options.qemuRounds(), options.seed()));
    try (ClassArchive archive = new ClassArchive()) {
      if (options.classArchive()) {
        jvmOptions = archive.make();
      }
      int violations = tortureAll();
      out.print(tally.table((System.nanoTime() - start) / 1_000_000_000, violations));
      return violations == 0;
    }
  }

  private int tortureAll() throws Exception {
    for (int first = 1; first <= options.rounds(); first += ROUNDS_PER_PROJECT) {
      int last = Math.min(options.rounds(), first + ROUNDS_PER_PROJECT - 1);
      if (!torture("ssh", SshArena::create, first, last)) {
        return 1;
      }
    }
    return options.qemuRounds() == 0 || torture("qemu", QemuArena::create, 1, options.qemuRounds())
        ? 0
        : 1;
  }

  private interface Opening {
    Arena create() throws Exception;
  }

  private boolean torture(String name, Opening opening, int first, int last) throws Exception {
    try (Arena arena = opening.create()) {
      Examination examination = new Examination(arena);
      for (int number = first; number <= last; number++) {
        Round round = new Round(arena, examination, tally, jvmOptions);
        String label = name + " " + number + ": ";
        try {
          round.run(new Random(options.seed() * 1_000_003 + 31L * name.hashCode() + number));
          if (number % CONVERGE_EVERY == 0 || number == last) {
            round.converge();
          }
          tally.round(name);
          out.println(label + round.story());
        } catch (Exception | AssertionError e) {
          arena.keep();
          out.println(label + round.story());
          out.println("VIOLATION of seed %d in round %s%d".formatted(options.seed(), name, number));
          e.printStackTrace(out);
          out.println(round.output());
          out.println("What it left is in " + arena.project().directory());
          return false;
        }
      }
    }
    return true;
  }
}
