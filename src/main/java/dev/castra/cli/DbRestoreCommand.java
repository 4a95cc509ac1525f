package dev.castra.cli;

import dev.castra.operation.Host;
import dev.castra.operation.RestoreDatabase;
import dev.castra.operation.RestoreReport;
import dev.castra.render.DatabaseText;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "restore",
    description = {
      "Put a backup or an export in the place of the database.",
      "It is made and checked beside the present one, which is kept under another",
      "name. A stamp that is older than what was done to its disk is withdrawn, so",
      "that the next `up` bootstraps that VM. Exits with 75 while a castra is at work."
    },
    footer = {
      "",
      "Examples:",
      "  castra db restore ../castra.zip",
      "  castra db restore ../record",
      "  castra db restore --incomplete ../record   what is left of a damaged one"
    })
final class DbRestoreCommand implements Callable<Integer> {
  private final Console console;

  @ParentCommand private DbCommand db;

  @Parameters(
      paramLabel = "FILE|DIR",
      description = "What `castra db backup` or `castra db export` wrote.")
  private Path source = Path.of("");

  @Option(
      names = "--incomplete",
      description = "Restore it even if rows are missing or something is wrong in it.")
  private boolean incomplete;

  @Option(
      names = "--moved",
      description = "Restore it even if its disks are of another folder; they are not used.")
  private boolean moved;

  @Spec private CommandSpec spec;

  DbRestoreCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    RestoreReport report =
        new RestoreDatabase(db.project(), Host.real())
            .run(
                DbCommand.typed(source),
                new RestoreDatabase.Terms(incomplete, moved),
                Invocations.info(spec));
    console.out().print(DatabaseText.render(report));
    return 0;
  }
}
