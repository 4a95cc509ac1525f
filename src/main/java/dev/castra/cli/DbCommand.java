package dev.castra.cli;

import dev.castra.operation.Host;
import dev.castra.operation.KeepDatabase;
import dev.castra.project.Project;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "db",
    description = {
      "Look after the record of what Castra did.",
      "It is an H2 database under `.castra/db/`; see docs/DATABASE.md."
    },
    subcommands = {
      DbCheckCommand.class,
      DbBackupCommand.class,
      DbRestoreCommand.class,
      DbExportCommand.class,
      DbCompactCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  castra db check                   is everything readable and consistent?",
      "  castra db backup ../castra.zip    while `up` runs, too",
      "  castra db restore ../castra.zip   keeps the present one beside it",
      "  castra db export ../record        CSV and JSON of every table",
      "  castra db compact                 gives back what the file does not need"
    })
final class DbCommand implements Runnable {
  private final Console console;

  @Mixin private ProjectOption projectOption;

  @Spec private CommandSpec spec;

  DbCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    spec.commandLine().usage(console.out());
  }

  Project project() {
    return projectOption.load();
  }

  KeepDatabase keeper() {
    return new KeepDatabase(project(), Host.real());
  }

  /** As the user meant a path that was typed. */
  static Path typed(Path path) {
    return path.toAbsolutePath().normalize();
  }
}
