package dev.castra.cli;

import dev.castra.error.ErrorCode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line as a whole. */
@Command(
    name = "castra",
    description = "Boots the QEMU VMs of a castra.toml and bootstraps each of them exactly once.",
    mixinStandardHelpOptions = true,
    versionProvider = CastraVersion.class,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: 0 done, 64 usage, 65 config invalid, 66 config, VM, run or record not found,",
      "69 program missing, 70 preflight, launch, bootstrap or shutdown failed, 73 cannot create,",
      "74 I/O or database, 75 busy, 130 interrupted."
    })
final class CastraCommand implements Runnable {
  private static final String DEBUG = "--debug";

  /** In the order of {@code --help}. */
  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("up", UpCommand.class);
    COMMANDS.put("status", StatusCommand.class);
    COMMANDS.put("bootstrap", BootstrapCommand.class);
    COMMANDS.put("down", DownCommand.class);
    COMMANDS.put("destroy", DestroyCommand.class);
    COMMANDS.put("stamps", StampsCommand.class);
    COMMANDS.put("history", HistoryCommand.class);
    COMMANDS.put("timeline", TimelineCommand.class);
    COMMANDS.put("logs", LogsCommand.class);
    COMMANDS.put("report", ReportCommand.class);
    COMMANDS.put("events", EventsCommand.class);
    COMMANDS.put("trust", TrustCommand.class);
    COMMANDS.put("clean", CleanCommand.class);
    COMMANDS.put("db", DbCommand.class);
    COMMANDS.put("sql", SqlCommand.class);
  }

  private final Console console;

  @Option(
      names = DEBUG,
      scope = ScopeType.INHERIT,
      description = "Show stack traces and library logs on stderr.")
  private boolean debug;

  @Spec private CommandSpec spec;

  private CastraCommand(Console console) {
    this.console = console;
  }

  /** Parses and runs; never throws, never exits. */
  static int execute(String[] arguments, Console console) {
    LibraryLogs.quiet(List.of(arguments).contains(DEBUG));
    return line(console, commandsFor(arguments)).execute(arguments);
  }

  /**
   * The one that is asked for, or all of them if that is none: to describe those that are not asked
   * for takes a tenth of the time that a short command has.
   */
  private static Collection<Class<?>> commandsFor(String... arguments) {
    return Stream.of(arguments)
        .filter(argument -> !argument.equals(DEBUG))
        .findFirst()
        .map(COMMANDS::get)
        .<Collection<Class<?>>>map(List::of)
        .orElse(COMMANDS.values());
  }

  /** The command line, ready to parse; what it runs writes to {@code console}. */
  static CommandLine line(Console console) {
    return line(console, COMMANDS.values());
  }

  private static CommandLine line(Console console, Collection<Class<?>> commands) {
    CastraCommand root = new CastraCommand(console);
    CommandLine line = new CommandLine(root, new Factory(console));
    commands.forEach(line::addSubcommand);
    line.setOut(new java.io.PrintWriter(console.out(), true));
    line.setErr(new java.io.PrintWriter(console.err(), true));
    line.setExecutionExceptionHandler(
        (failure, command, parsed) ->
            console.guarded(
                root.debug,
                () -> {
                  throw failure;
                }));
    line.setParameterExceptionHandler(
        (mistake, given) -> {
          console.err().println("castra: " + mistake.getMessage());
          console
              .err()
              .println(
                  "  Run `"
                      + mistake.getCommandLine().getCommandSpec().qualifiedName()
                      + " --help`.");
          return ErrorCode.USAGE.exitCode();
        });
    return line;
  }

  @Override
  public void run() {
    spec.commandLine().usage(console.out());
  }

  /** Hands the console to every command that wants it. */
  private record Factory(Console console) implements IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      try {
        return type.getDeclaredConstructor(Console.class).newInstance(console);
      } catch (NoSuchMethodException plain) {
        return CommandLine.defaultFactory().create(type);
      }
    }
  }
}
