package dev.castra.torture;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs castra processes in ways nobody should, and checks after each round that nothing that castra
 * promises was broken.
 */
public final class Torture {
  /** New machines and a new database after so many rounds: beginnings need torture too. */
  private static final int MOST_ROUNDS_PER_PROJECT = 20;

  private static final int CONVERGE_EVERY = 10;

  private final TortureOptions options;
  private final PrintStream out;
  private final Tally tally = new Tally();
  private List<String> jvmOptions = List.of();
  private volatile boolean violated;

  Torture(TortureOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  public static void main(String[] arguments) throws Exception {
    if (List.of(arguments).contains("--help")) {
      System.out.print(TortureOptions.USAGE);
      return;
    }
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
        "torture --rounds %d --qemu %d --arenas %d --seed %d"
            .formatted(options.rounds(), options.qemuRounds(), options.arenas(), options.seed()));
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
    ExecutorService threads = Executors.newFixedThreadPool(options.arenas());
    try {
      List<Future<Boolean>> arenas = new ArrayList<>();
      int share = (options.rounds() + options.arenas() - 1) / options.arenas();
      int rounds = Math.min(MOST_ROUNDS_PER_PROJECT, share);
      for (int first = 1; first <= options.rounds(); first += rounds) {
        int from = first;
        int to = Math.min(options.rounds(), first + rounds - 1);
        arenas.add(threads.submit(() -> torture("ssh", this::sshArena, from, to)));
      }
      int violations = 0;
      for (Future<Boolean> arena : arenas) {
        violations += arena.get() ? 0 : 1;
      }
      if (violations == 0 && options.qemuRounds() > 0) {
        violations += torture("qemu", first -> QemuArena.create(), 1, options.qemuRounds()) ? 0 : 1;
      }
      return violations;
    } finally {
      threads.shutdownNow();
    }
  }

  /** One machine, or some: what happens to one may not matter to the others. */
  private Arena sshArena(int firstRound) throws Exception {
    return SshArena.create(1 + random("machines", firstRound).nextInt(SshArena.MOST_MACHINES));
  }

  /** The same for the same seed, whatever was asked of the others. */
  private Random random(String use, int number) {
    return new Random(options.seed() * 1_000_003 + 31L * use.hashCode() + number);
  }

  private interface Opening {
    Arena create(int firstRound) throws Exception;
  }

  /** True if nothing was violated, or if another arena ended it before. */
  private boolean torture(String name, Opening opening, int first, int last) throws Exception {
    if (violated) {
      return true;
    }
    try (Arena arena = opening.create(first)) {
      Examination examination = new Examination(arena);
      for (int number = first; number <= last && !violated; number++) {
        Round round = new Round(arena, examination, tally, jvmOptions);
        String label = name + " " + number + ": ";
        try {
          round.run(random(name, number));
          if (number % CONVERGE_EVERY == 0 || number == last) {
            round.converge();
          }
          tally.round(name);
          out.println(label + round.story());
        } catch (Exception | AssertionError e) {
          violated = true;
          arena.keep();
          tell(label, round, e, arena);
          return false;
        }
      }
    } catch (Exception | AssertionError e) {
      violated = true;
      out.println(
          "VIOLATION of seed %d: the machines of %s %d cannot be made or ended:%n%s"
              .formatted(options.seed(), name, first, stack(e)));
      return false;
    }
    return true;
  }

  /** In one piece, since other arenas may be telling something. */
  private void tell(String label, Round round, Throwable violation, Arena arena) {
    out.println(
        String.join(
            System.lineSeparator(),
            label + round.story(),
            "VIOLATION of seed %d in %s".formatted(options.seed(), label),
            stack(violation),
            round.output(),
            "What it left is in " + arena.project().directory()));
  }

  private static String stack(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
