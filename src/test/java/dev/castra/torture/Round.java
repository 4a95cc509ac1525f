package dev.castra.torture;

import dev.castra.it.CastraResult;
import dev.castra.it.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Some castra processes at once, some troubles, and a look at what they leave. */
final class Round {
  private static final int[] TROUBLES = {0, 0, 1, 1, 1, 1, 1, 2, 2, 3};

  private final Arena arena;
  private final Examination examination;
  private final Tally tally;
  private final List<String> jvmOptions;
  private final List<String> told = new ArrayList<>();
  private final List<String> printed = new ArrayList<>();

  Round(Arena arena, Examination examination, Tally tally, List<String> jvmOptions) {
    this.arena = arena;
    this.examination = examination;
    this.tally = tally;
    this.jvmOptions = List.copyOf(jvmOptions);
  }

  /** What was done so far, in one line. */
  String story() {
    return String.join("; ", told);
  }

  /** Everything its castra processes printed. */
  String output() {
    return String.join("\n", printed);
  }

  /** Runs one round; what it does depends on {@code random} alone. */
  void run(Random random) throws Exception {
    List<Command> commands = new ArrayList<>();
    int processes = processes(random);
    for (int i = 0; i < processes; i++) {
      commands.add(arena.command(random));
    }
    told.addAll(arena.vary(random));
    List<Trouble> troubles = new ArrayList<>();
    for (int left = TROUBLES[random.nextInt(TROUBLES.length)]; left > 0; left--) {
      troubles.add(arena.trouble(random, processes));
    }
    disturbed(commands, troubles, random.nextInt(150));
  }

  /** Mostly one: most troubles need no other, and a castra costs more than a second of a core. */
  private static int processes(Random random) {
    int dice = random.nextInt(40);
    if (dice < 31) {
      return 1;
    }
    if (dice < 37) {
      return 2;
    }
    return dice < 39 ? 3 : 4;
  }

  private void disturbed(List<Command> commands, List<Trouble> troubles, int staggerMs)
      throws Exception {
    List<String> names = new ArrayList<>();
    commands.forEach(command -> names.add(command.toString()));
    told.add(String.join(" | ", names));
    List<Started> started = new ArrayList<>();
    for (Command command : commands) {
      if (!started.isEmpty()) {
        Thread.sleep(staggerMs);
      }
      started.add(start(command));
    }
    List<FutureTask<Boolean>> strikes = new ArrayList<>();
    for (Trouble trouble : troubles) {
      strikes.add(await(trouble, started.get(trouble.process())));
    }
    List<CastraResult> results = new ArrayList<>();
    for (Started castra : started) {
      results.add(end(castra, started));
    }
    for (int i = 0; i < troubles.size(); i++) {
      if (result(strikes.get(i))) {
        told.add(troubles.get(i).toString());
        tally.trouble(troubles.get(i).kind());
      }
    }
    arena.calm();
    conclude(commands, results);
  }

  /** If one does not end, the reason may lie in another. */
  private CastraResult end(Started castra, List<Started> all) throws InterruptedException {
    try {
      return castra.end();
    } catch (Violation itsEnd) {
      throw itsEnd;
    } catch (AssertionError noEnd) {
      for (Started one : all) {
        printed.add("# castra " + one.command() + ", while #" + all.indexOf(castra) + " goes on:");
        printed.add(one.process().said());
      }
      throw noEnd;
    }
  }

  private Started start(Command command) {
    return new Started(
        command, arena.project().startWith(jvmOptions, command.arguments().toArray(String[]::new)));
  }

  private static FutureTask<Boolean> await(Trouble trouble, Started castra) {
    FutureTask<Boolean> task =
        new FutureTask<>(
            () -> {
              if (!trouble.moment().await(castra.process())) {
                return false;
              }
              castra.suffers(trouble.kind());
              trouble.strike().on(castra.process());
              return true;
            });
    Thread thread = new Thread(task, "trouble");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private static boolean result(FutureTask<Boolean> strike) throws Exception {
    try {
      return strike.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception known ? known : e;
    }
  }

  /** Troubles may have lost nothing, and hidden nothing. */
  private void conclude(List<Command> commands, List<CastraResult> results) throws Exception {
    List<String> codes = new ArrayList<>();
    List<CastraResult> telling = new ArrayList<>();
    for (int i = 0; i < commands.size(); i++) {
      CastraResult result = results.get(i);
      printed.add("# castra " + commands.get(i) + ": " + result.exitCode());
      printed.addAll(result.stdout());
      printed.add(result.stderr());
      codes.add(Integer.toString(result.exitCode()));
      tally.command(commands.get(i).arguments().get(0), result.exitCode());
      if (commands.get(i).tellsEvents()) {
        telling.add(result);
        tally.acknowledged(result.stdout().size());
        Examination.outcomes(result)
            .forEach(outcome -> tally.outcome(outcome.path("status").asText()));
      }
    }
    told.add("exit " + String.join(" ", codes));
    Map<String, Integer> ended = examination.examine(telling);
    told.add("runs " + ended);
    tally.runs(ended);
  }

  /** Without trouble one `up` brings everything where it should be, and another does nothing. */
  void converge() throws Exception {
    for (Command command : arena.heal()) {
      told.add(command.toString());
      disturbed(List.of(command), List.of(), 0);
      Violation.unless(told.get(told.size() - 2).equals("exit 0"), "%s failed", command);
    }
    List<List<String>> statuses = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Started up = start(Command.up());
      CastraResult result = up.end();
      Violation.unless(
          result.exitCode() == 0, "the next up, without trouble, ended with %s", result);
      conclude(List.of(up.command()), List.of(result));
      List<String> names = Json.texts(Examination.outcomes(result), "vm");
      Violation.unless(names.equals(arena.vms()), "outcomes of %s in %s", names, result);
      statuses.add(Json.texts(Examination.outcomes(result), "status"));
    }
    Violation.unless(
        statuses.get(1).stream().allMatch("NoOp"::equals), "after %s came %s", statuses.toArray());
    told.add("converged " + statuses.get(0));
    tally.converged();
  }
}
