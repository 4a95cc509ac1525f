package dev.castra.cli;

import dev.castra.store.LeftOpenDatabases;

/** Entry point of the {@code castra} program. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    Console console = Console.ofProcess();
    int exitCode = run(arguments, console);
    console.flush();
    if (LeftOpenDatabases.any()) {
      Runtime.getRuntime().halt(exitCode);
    }
    System.exit(exitCode);
  }

  /** The whole program but for its end; never throws. */
  static int run(String[] arguments, Console console) {
    return StatusShortPath.applies(arguments)
        ? console.guarded(false, () -> StatusShortPath.run(arguments, console))
        : CastraCommand.execute(arguments, console);
  }
}
