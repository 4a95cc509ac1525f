package dev.castra.cli;

import dev.castra.error.ErrorCode;
import dev.castra.render.DatabaseText;
import dev.castra.render.Visible;
import dev.castra.store.ExportManifest;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "export",
    description = {
      "Write every table as CSV and as JSON lines, with a manifest.",
      "Works while `up` runs. Of a damaged database it writes what can be read, says",
      "what could not be, and exits with 74. `castra db restore` takes the folder."
    },
    footer = {
      "",
      "Examples:",
      "  castra db export ../record",
      "  castra db export ../record --engine h2-2.1.214.jar"
    })
final class DbExportCommand implements Callable<Integer> {
  private final Console console;

  @ParentCommand private DbCommand db;

  @Parameters(paramLabel = "DIR", description = "Where to; new or empty.")
  private Path folder = Path.of("");

  @Option(
      names = "--engine",
      paramLabel = "JAR",
      description = "The H2 that the file was written with, if this Castra's cannot read it.")
  private @Nullable Path engine;

  DbExportCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Path target = DbCommand.typed(folder);
    ExportManifest manifest =
        db.keeper()
            .export(
                target, Optional.ofNullable(engine).map(DbCommand::typed), CastraVersion.number());
    for (ExportManifest.Table table : manifest.tables()) {
      for (String trouble : table.troubles()) {
        console.err().println(table.name() + ": " + Visible.text(trouble));
      }
    }
    console.out().println(target + "  " + DatabaseText.rows(manifest.rows()));
    return manifest.complete() ? 0 : ErrorCode.DATABASE.exitCode();
  }
}
