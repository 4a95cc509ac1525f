package dev.castra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.event.JsonText;
import dev.castra.operation.RecordedHistory;
import dev.castra.process.JavaChild;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import dev.castra.store.Catalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds docs/SQL.md to the database. With {@code -Dcastra.update-docs=true} the description of the
 * tables is written anew.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SqlDocTest {
  private static final Path DOC = Path.of("docs", "SQL.md");
  private static final String BEGINS = "<!-- schema begins -->\n";
  private static final String ENDS = "<!-- schema ends -->\n";

  private Path folder;
  private StateRoot root;

  @BeforeAll
  void record(@TempDir Path made) throws InterruptedException, IOException {
    folder = made.toRealPath();
    root = new StateRoot(folder.resolve(".castra"));
    RecordedHistory.in(folder);
  }

  private static String document() throws IOException {
    return Files.readString(DOC);
  }

  private static Map<String, String> examples() throws IOException {
    return new MarkedBlocks(document()).contents();
  }

  static List<String> questions() throws IOException {
    return examples().keySet().stream().filter(name -> !name.startsWith("url-")).toList();
  }

  @Test
  void thereAreTenQuestions() throws IOException {
    assertThat(questions()).hasSize(10);
  }

  @ParameterizedTest
  @MethodSource("questions")
  void everyQuestionHasAnAnswer(String name) throws IOException {
    String question = Objects.requireNonNull(examples().get(name));
    String json =
        CliRun.castra("sql", "--format", "json", "--config", folder.toString(), question)
            .isDone()
            .out();

    assertThat(JsonText.parse(json)).isNotEmpty();
  }

  @Test
  void theTablesAreDescribedAsTheDatabaseDescribesThem() throws IOException {
    String described =
        new Catalogue(root, Ticker.system())
            .tables().stream().map(SqlDocTest::described).collect(Collectors.joining("\n"));
    String document = document();
    int begin = document.indexOf(BEGINS) + BEGINS.length();
    int end = document.indexOf(ENDS);
    if (Boolean.getBoolean("castra.update-docs")) {
      Files.writeString(DOC, document.substring(0, begin) + described + document.substring(end));
      return;
    }

    assertThat(document.substring(begin, end)).isEqualTo(described);
  }

  private static String described(Catalogue.Table table) {
    StringBuilder text = new StringBuilder();
    text.append("### `").append(table.name()).append("` ");
    text.append(table.isView() ? "(view)" : "(table)").append("\n\n");
    text.append(table.comment()).append("\n\n| column | type | |\n|---|---|---|\n");
    for (Catalogue.Column column : table.columns()) {
      text.append("| `").append(column.name()).append('`').append(column.required() ? " *" : "");
      text.append(" | ").append(column.type()).append(" | ").append(column.comment());
      text.append(" |\n");
    }
    return text.toString();
  }

  private static List<String> asked(String url) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(url, "castra_reader", "castra_reader");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT status FROM v_run_history ORDER BY run_id")) {
      List<String> statuses = new java.util.ArrayList<>();
      while (row.next()) {
        statuses.add(row.getString(1));
      }
      assertThatThrownBy(() -> statement.executeUpdate("DELETE FROM stamps"))
          .isInstanceOf(SQLException.class)
          .hasMessageMatching("(?s)(Not enough rights|The database is read only).*");
      return statuses;
    }
  }

  private String url(String name) throws IOException {
    return Objects.requireNonNull(examples().get(name)).strip();
  }

  @Test
  void aJdbcClientConnectsAsShownWhileACastraRuns() throws Exception {
    try (JavaChild owner =
        JavaChild.start(TrainingData.class, folder.resolve("castra.toml").toString())) {
      assertThat(owner.line()).isEqualTo("ready");
      String[] server = Files.readString(root.databaseServer()).split(" ", -1);

      assertThat(asked(url("url-served").replace("PORT", server[0]).replace("KEY", server[1])))
          .contains("failed", "success");
    }
  }

  @Test
  void aJdbcClientConnectsAsShownWhileNoneRuns() throws Exception {
    assertThat(asked(url("url-file").replace("/home/me/shop", folder.toString())))
        .contains("failed", "success");
    assertThat(root.databaseFolder()).isDirectoryNotContaining("glob:**trace*");
  }
}
