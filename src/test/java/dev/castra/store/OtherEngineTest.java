package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.PrivateFiles;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database file that an H2 of another file format wrote. */
final class OtherEngineTest {
  private static final Path V1 = Path.of("db/migrations/V1__initial_schema.sql");

  @TempDir Path folder;
  private StateRoot root = OpenProject.rootIn(Path.of(""));

  @BeforeEach
  void nameTheStateRoot() {
    root = OpenProject.rootIn(folder);
    PrivateFiles.createFolder(root.databaseFolder());
  }

  /** The build puts them there. */
  private static Path jar(int format) {
    return Path.of("target", "engines", "h2-format-" + format + ".jar").toAbsolutePath();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void isMovedRowByRowWithItsOwnEngine(int format) throws Exception {
    Map<String, Collection<Map<String, String>>> wanted = rewrittenByEngine(format);
    Path export = folder.resolve("export");

    ExportManifest manifest =
        DatabaseExport.write(
            root, Ticker.system(), export, Optional.of(jar(format)), "1.0-test", RecordExample.NOW);
    assertThat(manifest.complete()).isTrue();
    assertThat(manifest.schemaVersion()).isEqualTo(1);
    RecordExample.restore(export, folder);

    Map<String, Collection<Map<String, String>>> moved = ReleasedDatabase.rows(root.database());
    assertThat(ReleasedDatabase.like(wanted, moved)).isEqualTo(wanted);
    assertThat(wanted.get("RUNS")).hasSizeGreaterThan(2);
    goesOnWithNewRuns();
  }

  private void goesOnWithNewRuns() {
    try (OpenProject project = OpenProject.in(folder)) {
      List<String> before = project.column("SELECT MAX(run_id) FROM runs");
      project.newDisk(OpenProject.WEB);
      assertThat(project.succeed(OpenProject.WEB, OpenProject.A).id().value())
          .isGreaterThan(Long.parseLong(before.get(0)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void isRefusedWithTheEngineThatItNeedsAndNotChanged(int format) throws Exception {
    rewrittenByEngine(format);
    byte[] before = Files.readAllBytes(root.databaseFile());

    for (Runnable command :
        List.<Runnable>of(
            () -> new StatusReader(root, Ticker.system()).read(),
            () -> Database.open(root, Ticker.system()).close(),
            () -> DatabaseCheck.of(root, Ticker.system()),
            () -> RecordExample.export(root, folder.resolve("export")))) {
      CastraException refused = catchThrowableOfType(CastraException.class, command::run);
      assertThat(refused.code()).isEqualTo(ErrorCode.DATABASE);
      assertThat(refused)
          .hasMessageContaining(format == 1 ? "1.4.200" : "2.1.214")
          .hasMessageContaining("H2 2.4.240");
      assertThat(refused.hint()).contains("castra db export DIR --engine JAR", "castra db restore");
    }
    assertThat(root.databaseFile()).hasBinaryContent(before);
  }

  @Test
  void isNotReadByAnEngineThatIsOlderStill() throws Exception {
    rewrittenByEngine(2);

    CastraException refused =
        catchThrowableOfType(
            CastraException.class,
            () ->
                DatabaseExport.write(
                    root,
                    Ticker.system(),
                    folder.resolve("export"),
                    Optional.of(jar(1)),
                    "1.0-test",
                    RecordExample.NOW));

    assertThat(refused).hasMessageContaining("h2-format-1.jar` cannot read the database");
    assertThat(folder.resolve("export")).doesNotExist();
  }

  @Test
  void somethingElseThanAnEngineIsExplained() {
    CastraException refused =
        catchThrowableOfType(CastraException.class, () -> Engine.of(Path.of("README.md")));

    assertThat(refused.code()).isEqualTo(ErrorCode.USAGE);
    assertThat(refused).hasMessageContaining("README.md");
    assertThat(refused.hint()).contains("h2-2.1.214.jar");
  }

  /** Writes the rows of a released database to a file of the older engine. */
  private Map<String, Collection<Map<String, String>>> rewrittenByEngine(int format)
      throws Exception {
    StateRoot released = OpenProject.rootIn(folder.resolve("released"));
    ReleasedDatabase.put(1, released);
    Map<String, Collection<Map<String, String>>> rows = ReleasedDatabase.rows(released.database());
    try (URLClassLoader classes =
            new URLClassLoader(
                new URL[] {jar(format).toUri().toURL()}, ClassLoader.getPlatformClassLoader());
        Connection old = connect(classes);
        Statement statement = old.createStatement()) {
      for (String sql : schema()) {
        statement.execute(sql);
      }
      statement.execute(
          "CREATE TABLE \"flyway_schema_history\" (\"version\" VARCHAR(50), \"success\" BOOLEAN)");
      statement.execute("INSERT INTO \"flyway_schema_history\" VALUES ('1', TRUE)");
      statement.execute("SET REFERENTIAL_INTEGRITY FALSE");
      statement.execute("DELETE FROM event_counters");
      for (Map.Entry<String, Collection<Map<String, String>>> table : rows.entrySet()) {
        for (Map<String, String> row : table.getValue()) {
          statement.execute(insert(table.getKey(), row, format));
        }
      }
    }
    return rows;
  }

  private Connection connect(URLClassLoader classes) throws Exception {
    Driver driver =
        (Driver) classes.loadClass("org.h2.Driver").getDeclaredConstructor().newInstance();
    Properties login = new Properties();
    login.setProperty("user", DatabaseUrl.USER);
    login.setProperty("password", DatabaseUrl.PASSWORD);
    return driver.connect("jdbc:h2:file:" + root.database() + ";TRACE_LEVEL_FILE=0", login);
  }

  private static List<String> schema() throws IOException {
    String text =
        Files.readAllLines(V1).stream()
            .filter(line -> !line.strip().startsWith("--"))
            .collect(Collectors.joining("\n"));
    return Stream.of(text.split(";\n", -1)).filter(sql -> !sql.isBlank()).toList();
  }

  private static String insert(String table, Map<String, String> row, int format)
      throws SQLException {
    String values =
        row.values().stream()
            .map(value -> value.equals("null") ? "NULL" : "'" + value.replace("'", "''") + "'")
            .collect(Collectors.joining(", "));
    return "INSERT INTO "
        + table
        + " ("
        + String.join(", ", row.keySet())
        + ")"
        + (format == 1 ? "" : " OVERRIDING SYSTEM VALUE")
        + " VALUES ("
        + values
        + ")";
  }
}
