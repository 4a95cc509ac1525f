package dev.castra.cli;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.operation.Sql;
import dev.castra.operation.SqlRows;
import dev.castra.process.PrivateFiles;
import dev.castra.project.StateRoot;
import dev.castra.render.RowTable;
import dev.castra.store.Catalogue;
import dev.castra.store.Statements;
import java.io.IOError;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** Asks for statements on a terminal and answers them until the user leaves. */
final class SqlPrompt {
  private static final String HELP =
      """
      A statement ends with `;` and may have several lines.
        .tables          the views and tables
        .columns NAME    the columns of one of them
        .help            this
        .quit            leave, as Ctrl-D does
      Tab completes names and words, Ctrl-C stops a statement or drops what was typed.
      """;

  private static final List<String> COMMANDS = List.of(".tables", ".columns", ".help", ".quit");

  private static final List<String> WORDS =
      List.of(
          "SELECT",
          "DISTINCT",
          "FROM",
          "JOIN",
          "LEFT JOIN",
          "ON",
          "WHERE",
          "AND",
          "OR",
          "NOT",
          "NULL",
          "LIKE",
          "BETWEEN",
          "GROUP BY",
          "HAVING",
          "ORDER BY",
          "DESC",
          "FETCH FIRST",
          "LIMIT",
          "OFFSET",
          "WITH",
          "VALUES",
          "TABLE",
          "EXPLAIN",
          "UNION ALL",
          "CASE",
          "WHEN",
          "COUNT",
          "AVG",
          "PERCENTILE_CONT",
          "CURRENT_TIMESTAMP",
          "INTERVAL",
          "SHOW TABLES",
          "SHOW COLUMNS FROM");

  private static final int WIDTH = 80;
  private static final int HEIGHT = 24;

  private final Sql sql;
  private final SqlFormat format;
  private final List<Catalogue.Table> tables;
  private final Terminal terminal;
  private final LineReader reader;
  private final PrintStream out;

  private SqlPrompt(
      Sql sql, SqlFormat format, List<Catalogue.Table> tables, Terminal terminal, Path history) {
    this.sql = sql;
    this.format = format;
    this.tables = tables;
    this.terminal = terminal;
    this.out = new PrintStream(terminal.output(), false, StandardCharsets.UTF_8);
    this.reader = reader(terminal, tables, history);
  }

  /**
   * Returns when the user leaves.
   *
   * @throws CastraException if there is no record, or no terminal
   */
  static void run(Sql sql, SqlFormat format, List<Catalogue.Table> tables, StateRoot root) {
    try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
      if (terminal.getWidth() == 0) {
        // A terminal that does not know its size, such as a serial line.
        terminal.setSize(new Size(WIDTH, HEIGHT));
      }
      PrivateFiles.createAtomically(root.sqlHistory(), new byte[0]);
      new SqlPrompt(sql, format, tables, terminal, root.sqlHistory()).ask();
      PrivateFiles.restrict(root.sqlHistory());
    } catch (IOException | IOError e) {
      throw new CastraException(
          ErrorCode.IO,
          "The prompt cannot be shown: " + e.getMessage() + ".",
          "Give the statement on the command line: `castra sql \"SELECT 1\"`.",
          e);
    }
  }

  private static LineReader reader(Terminal terminal, List<Catalogue.Table> tables, Path history) {
    return LineReaderBuilder.builder()
        .appName("castra")
        .terminal(terminal)
        .parser(new SqlParser())
        .completer(new StringsCompleter(words(tables)))
        .variable(LineReader.HISTORY_FILE, history)
        .variable(LineReader.SECONDARY_PROMPT_PATTERN, "   ...> ")
        .option(LineReader.Option.CASE_INSENSITIVE, true)
        .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
        .build();
  }

  private static List<String> words(List<Catalogue.Table> tables) {
    Stream<String> names =
        tables.stream()
            .flatMap(
                table ->
                    Stream.concat(
                        Stream.of(table.name()),
                        table.columns().stream().map(Catalogue.Column::name)));
    return Stream.of(names, WORDS.stream(), COMMANDS.stream())
        .flatMap(words -> words)
        .distinct()
        .toList();
  }

  private void ask() {
    // Only while a statement runs; the line editor has its own idea of Ctrl-C.
    terminal.handle(Terminal.Signal.INT, signal -> sql.cancel());
    out.println(
        "End a statement with `;`. `.tables` lists what there is, `.help` helps, Ctrl-D leaves.");
    boolean goesOn = true;
    boolean stumbled = false;
    while (goesOn) {
      out.flush();
      try {
        String text = reader.readLine("castra> ").strip();
        // Set by a Ctrl-C that came while the line was being accepted; it would close the database.
        boolean dropped = Thread.interrupted();
        goesOn = dropped || answer(text);
        stumbled = false;
      } catch (UserInterruptException dropped) {
        // A fresh prompt follows.
      } catch (EndOfFileException left) {
        goesOn = false;
      } catch (IOError e) {
        // Without its native library JLine starts `stty`, which a Ctrl-C can hit; once is no
        // matter.
        if (stumbled) {
          throw e;
        }
        stumbled = true;
      }
    }
    out.flush();
  }

  /** False if the user wants to leave. */
  private boolean answer(String text) {
    if (SqlParser.isCommand(text)) {
      return obey(text);
    }
    Statements statements = new Statements(new StringReader(text));
    try {
      for (Optional<String> next = statements.next(); next.isPresent(); next = statements.next()) {
        sql.run(next.get(), format.to(out));
      }
    } catch (CastraException e) {
      new Console(out, out, true, false).report(e, false);
    }
    return true;
  }

  private boolean obey(String command) {
    String[] words = command.split("\\s+", 2);
    switch (words[0]) {
      case ".quit", "quit", "exit" -> {
        return false;
      }
      case ".help", "help" -> out.print(HELP);
      case ".tables" ->
          show(
              List.of("name", "kind", "comment"),
              tables.stream()
                  .map(
                      table ->
                          List.of(table.name(), table.isView() ? "view" : "table", table.comment()))
                  .toList());
      case ".columns" -> showColumns(words.length > 1 ? words[1] : "");
      default -> out.println("There is no `" + words[0] + "`; `.help` tells what there is.");
    }
    return true;
  }

  private void showColumns(String name) {
    Optional<Catalogue.Table> found =
        tables.stream().filter(table -> table.name().equalsIgnoreCase(name)).findFirst();
    if (found.isEmpty()) {
      out.println("There is no table `" + name + "`; `.tables` lists what there is.");
      return;
    }
    show(
        List.of("column", "type", "comment"),
        found.get().columns().stream()
            .map(column -> List.of(column.name(), column.type(), column.comment()))
            .toList());
  }

  private void show(List<String> columns, List<List<String>> rows) {
    SqlRows table = new RowTable(out);
    table.begin(columns);
    rows.forEach(row -> table.row(List.copyOf(row)));
    table.end();
  }
}
