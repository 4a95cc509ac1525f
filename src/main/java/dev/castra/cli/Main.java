package dev.castra.cli;

/** Entry point of the {@code castra} program. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    Console console = Console.ofProcess();
    int exitCode;
    if (StatusShortPath.applies(arguments)) {
      exitCode = console.guarded(false, () -> StatusShortPath.run(arguments, console));
    } else {
      exitCode = CastraCommand.execute(arguments, console);
    }
    console.flush();
    System.exit(exitCode);
  }
}
