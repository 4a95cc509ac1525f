package dev.castra.cli;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.operation.Host;
import dev.castra.operation.Sql;
import dev.castra.project.StateRoot;
import dev.castra.store.Catalogue;
import dev.castra.store.Statements;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "sql",
    description = {
      "Ask the record in SQL. It only reads, which the database sees to, takes no",
      "claim, and works while `up` runs. Without a statement it opens a prompt; if",
      "stdin is no terminal, it runs the statements it finds there.",
      "docs/SQL.md explains tables and views, and how to connect other programs."
    },
    footer = {
      "",
      "Examples:",
      "  castra sql",
      "  castra sql \"SELECT vm, status, reason FROM v_run_history\"",
      "  castra sql --format csv \"TABLE v_step_durations\" > steps.csv",
      "  castra sql --format json \"TABLE v_failures\" | jq -r '.[].error'",
      "  castra sql --timeout 5m - < questions.sql"
    })
final class SqlCommand implements Callable<Integer> {
  private static final String STDIN = "-";

  private final Console console;

  @Mixin private ProjectOption project;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      converter = SqlFormat.Converter.class,
      description = "table (the default), csv or json.")
  private SqlFormat format = SqlFormat.TABLE;

  @Option(
      names = "--timeout",
      paramLabel = "LIMIT",
      converter = LimitConverter.class,
      description = "For each statement, such as 500ms, 15s (the default) or 5m.")
  private Duration limit = Duration.ofSeconds(15);

  @Parameters(
      arity = "0..1",
      paramLabel = "STATEMENT",
      description = "One or more, with semicolons between them; `-` reads them from stdin.")
  private @Nullable String statement;

  SqlCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    StateRoot root = project.load().stateRoot();
    Sql sql = new Sql(root, Host.real(), limit);
    if (statement == null && console.terminal() && stdinIsTerminal()) {
      SqlPrompt.run(sql, format, new Catalogue(root, Host.real().ticker()).tables(), root);
    } else {
      run(sql, given());
    }
    return 0;
  }

  /** The launcher knows. */
  private static boolean stdinIsTerminal() {
    return Boolean.getBoolean("castra.input.terminal");
  }

  private Reader given() {
    return statement == null || statement.equals(STDIN)
        ? new InputStreamReader(System.in, StandardCharsets.UTF_8)
        : new StringReader(statement);
  }

  /** Stops at the first that fails. */
  private void run(Sql sql, Reader text) {
    Statements statements = new Statements(text);
    boolean ran = false;
    try (Signals signals = Signals.calling(() -> stop(sql))) {
      for (Optional<String> next = statements.next();
          next.isPresent() && !console.out().checkError();
          next = statements.next()) {
        sql.run(next.get(), format.to(console.out()));
        ran = true;
      }
    }
    if (!ran && statement != null) {
      throw new CastraException(
          ErrorCode.STATEMENT_INVALID,
          "There is no statement in what was given.",
          "Give one, such as `castra sql \"TABLE v_run_history\"`.");
    }
  }

  private static void stop(Sql sql) {
    if (!sql.cancel()) {
      Runtime.getRuntime().halt(ErrorCode.INTERRUPTED.exitCode());
    }
  }
}
