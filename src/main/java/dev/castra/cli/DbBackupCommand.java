package dev.castra.cli;

import dev.castra.render.DatabaseText;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "backup",
    description = {
      "Write a backup of the database to a file, and open it to see that it is one.",
      "Works while `up` runs. The file is a zip of mode 0600; `castra db restore`",
      "takes it."
    },
    footer = {
      "",
      "Examples:",
      "  castra db backup ../castra.zip",
      "  castra db backup --force ../castra.zip"
    })
final class DbBackupCommand implements Callable<Integer> {
  private final Console console;

  @ParentCommand private DbCommand db;

  @Parameters(paramLabel = "FILE", description = "Where to.")
  private Path file = Path.of("");

  @Option(names = "--force", description = "Replace the file if it exists.")
  private boolean force;

  DbBackupCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Path target = DbCommand.typed(file);
    Map<String, Long> rows = db.keeper().backUp(target, force);
    console.out().println(target + "  " + DatabaseText.rows(rows));
    return 0;
  }
}
