package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.JavaChild;
import dev.castra.process.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statements of users, over an owner's socket and on the file alone. */
@Timeout(120)
final class StatementReaderTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String ENDLESS =
      "SELECT COUNT(*) FROM SYSTEM_RANGE(1, 100000) a, SYSTEM_RANGE(1, 100000) b"
          + " WHERE a.x * b.x < 0";

  @TempDir Path folder;
  private StatementReader reader;

  @BeforeEach
  void record() {
    try (OpenProject project = OpenProject.in(folder)) {
      project.newDisk(OpenProject.WEB);
      project.succeed(OpenProject.WEB, OpenProject.A);
    }
    reader = new StatementReader(OpenProject.rootIn(folder), Ticker.system());
  }

  /** Collects rows; wants at most so many. */
  private static final class Collected implements StatementReader.Rows {
    private final List<String> columns = new ArrayList<>();
    private final List<List<@Nullable Object>> rows = new ArrayList<>();
    private int wanted = Integer.MAX_VALUE;

    @Override
    public void begin(List<String> names) {
      columns.addAll(names);
    }

    @Override
    public boolean row(List<@Nullable Object> values) {
      rows.add(values);
      return rows.size() < wanted;
    }
  }

  private Collected ask(String statement) {
    Collected collected = new Collected();
    reader.run(statement, LIMIT, collected);
    return collected;
  }

  private void isRefused(String statement, String message) {
    assertThatThrownBy(() -> ask(statement))
        .as(statement)
        .isInstanceOfSatisfying(
            CastraException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.STATEMENT_INVALID);
              assertThat(e.getMessage()).contains(message).doesNotContain("\n").endsWith(".");
              assertThat(e.hint()).isNotBlank();
            });
  }

  @Test
  void valuesKeepTheirKindAndNamesComeInSmallLetters() {
    Collected answer =
        ask(
            "SELECT 1 AS a, CAST(2 AS BIGINT) AS b, 1.50 AS c, TRUE AS d, NULL AS e, 'x' AS f,"
                + " ARRAY[1, 2] AS g, X'0aff' AS h, TIMESTAMP WITH TIME ZONE '2026-01-02"
                + " 03:04:05.678+02:00' AS i, DATE '2026-01-02' AS j, UUID '6f1b1c1e-6b0a-4d52-9a83-3b9b6f0a7c11' AS k, '' AS \"Kept\"");

    assertThat(answer.columns)
        .containsExactly("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "Kept");
    assertThat(answer.rows)
        .containsExactly(
            java.util.Arrays.asList(
                1,
                2L,
                new java.math.BigDecimal("1.50"),
                true,
                null,
                "x",
                List.of(1, 2),
                "0aff",
                "2026-01-02T01:04:05.678Z",
                "2026-01-02",
                "6f1b1c1e-6b0a-4d52-9a83-3b9b6f0a7c11",
                ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE runs SET reason = 'x'",
        "INSERT INTO projects VALUES (2, 'x', 'x', CURRENT_TIMESTAMP)",
        "DELETE FROM stamps",
        "MERGE INTO event_counters VALUES (1, 99)",
        "TRUNCATE TABLE events",
        "DROP TABLE claims",
        "DROP ALL OBJECTS",
        "ALTER TABLE runs ADD COLUMN x INTEGER",
        "CREATE TABLE x (a INTEGER)",
        "CREATE LOCAL TEMPORARY TABLE x (a INTEGER)",
        "CREATE VIEW x AS SELECT 1 AS a",
        "CREATE ALIAS x FOR 'java.lang.System.exit'",
        "CREATE TRIGGER x BEFORE INSERT ON runs CALL 'x'",
        "CREATE USER x PASSWORD 'x'",
        "CREATE LINKED TABLE x ('', 'jdbc:h2:mem:', 'sa', '', 'x')",
        "ALTER USER castra_reader ADMIN TRUE",
        "ALTER USER castra SET PASSWORD 'x'",
        "SET PASSWORD 'x'",
        "GRANT ALL ON runs TO castra_reader",
        "SCRIPT",
        "SCRIPT TO '%s'",
        "RUNSCRIPT FROM '%s'",
        "BACKUP TO '%s'",
        "SHUTDOWN",
        "SHUTDOWN IMMEDIATELY",
        "CHECKPOINT",
        "ANALYZE",
        "SET WRITE_DELAY 500",
        "SET EXCLUSIVE 1",
        "SET LOCK_MODE 0",
        "SET TRACE_LEVEL_FILE 3",
        "EXECUTE IMMEDIATE 'DELETE FROM stamps'",
        "CALL CSVWRITE('%s', 'SELECT 1')",
        "SELECT CSVWRITE('%s', 'SELECT 1')",
        "SELECT FILE_WRITE('x', '%s')",
        "SELECT FILE_READ('/etc/passwd')",
        "SELECT * FROM CSVREAD('/etc/passwd')",
        "SELECT * FROM LINK_SCHEMA('X', '', 'jdbc:h2:mem:', 'sa', '', 'PUBLIC')",
        "SELECT * FROM FINAL TABLE (UPDATE runs SET reason = 'x')",
        "SELECT * FROM OLD TABLE (DELETE FROM stamps)",
        "EXPLAIN ANALYZE DELETE FROM stamps",
        "SELECT 1 AS `'`; DELETE FROM stamps; SELECT ''",
        "CALL ABORT_SESSION(1)",
        "CALL MEMORY_FREE()"
      })
  void whateverDoesMoreThanReadIsRefusedWhoeverHasTheFile(String statement) throws Exception {
    Path file = folder.resolve("made");
    String sql = statement.formatted(file);
    byte[] before = Files.readAllBytes(OpenProject.rootIn(folder).databaseFile());

    isRefused(sql, "only reads");

    assertThat(OpenProject.rootIn(folder).databaseFile()).hasBinaryContent(before);
    try (OpenProject project = OpenProject.in(folder)) {
      List<String> content = content(project);
      isRefused(sql, "only reads");
      assertThat(content(project)).isEqualTo(content);
      assertThat(project.column("SELECT reason FROM runs")).containsExactly("because");
    }
    assertThat(file).doesNotExist();
  }

  private static List<String> content(OpenProject project) {
    return project.column("SCRIPT NOSETTINGS");
  }

  @Test
  void theKeyOfTheOwnerIsNowhereToBeSeen() throws Exception {
    try (OpenProject project = OpenProject.in(folder)) {
      String key =
          DatabaseServer.Announcement.read(project.root.databaseServer()).orElseThrow().key();
      for (String table :
          project.column(
              "SELECT table_name FROM information_schema.tables WHERE table_schema = 'INFORMATION_SCHEMA'")) {
        assertThat(ask("SELECT * FROM information_schema." + table).rows.toString())
            .as(table)
            .doesNotContain(key);
      }
    }
  }

  @Test
  void aPasswordThatAStatementChangedIsPutBack() throws Exception {
    try (OpenProject project = OpenProject.in(folder)) {
      project.fetch("ALTER USER castra_reader SET PASSWORD 'other'");
      assertThat(ask("SELECT vm FROM stamps").rows).containsExactly(List.of("web"));
      project.fetch("DROP USER castra_reader");
    }
    assertThat(ask("SELECT vm FROM stamps").rows).containsExactly(List.of("web"));
  }

  @Test
  void aWrongStatementIsToldInALine() {
    isRefused("SELECT nope FROM runs", "Column \"NOPE\" not found.");
    isRefused("SELECT 1 FROM nope", "Table \"NOPE\" not found.");
    isRefused("SELECT 1 FORM runs", "[*]runs");
    isRefused("SELECT ?", "Parameter \"#1\" is not set.");
    isRefused("SELECT 1 / 0", "Division by zero");
    isRefused("SELECT " + "'x', ".repeat(500) + "FROM FROM runs", "[*]");
    assertThatThrownBy(() -> ask("SELECT " + "'x', ".repeat(500) + "FROM FROM runs"))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStatementEndsWhenItsTimeIsOver(boolean served) {
    try (AutoCloseable owner = served ? OpenProject.in(folder) : () -> {}) {
      assertThatThrownBy(() -> reader.run(ENDLESS, Duration.ofMillis(700), new Collected()))
          .isInstanceOfSatisfying(
              CastraException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.STATEMENT_TIMEOUT);
                assertThat(e.getMessage()).contains("within 700 ms");
                assertThat(e.hint()).contains("--timeout");
              });
      assertThat(ask("SELECT vm FROM stamps").rows).hasSize(1);
      assertThat(owner).isNotNull();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStatementCanBeCancelled(boolean served) throws Exception {
    try (AutoCloseable owner = served ? OpenProject.in(folder) : () -> {}) {
      CompletableFuture<Void> asked =
          CompletableFuture.runAsync(() -> reader.run(ENDLESS, LIMIT, new Collected()));
      while (!reader.cancel()) {
        assertThat(asked).isNotDone();
        Thread.sleep(20);
      }

      assertThatThrownBy(() -> asked.get(60, TimeUnit.SECONDS))
          .cause()
          .isInstanceOfSatisfying(
              CastraException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED));
      assertThat(reader.cancel()).isFalse();
      assertThat(owner).isNotNull();
    }
  }

  /** As one that copies a large record to a slow disk. */
  @Test
  void theWaitForTheCopyEndsWithTheLimitAndCanBeCancelled() throws Exception {
    try (JavaChild owner = child("hold")) {
      signal("STOP", owner);

      assertThatThrownBy(() -> reader.run("SELECT 1", Duration.ofMillis(700), new Collected()))
          .isInstanceOfSatisfying(
              CastraException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.STATEMENT_TIMEOUT);
                assertThat(e.getMessage()).contains("within 700 ms");
              });
      assertThat(copies()).isEmpty();

      CompletableFuture<Void> asked =
          CompletableFuture.runAsync(() -> reader.run("SELECT 1", LIMIT, new Collected()));
      while (copies().isEmpty()) {
        assertThat(asked).isNotDone();
        Thread.sleep(20);
      }
      assertThat(reader.cancel()).isTrue();
      assertThatThrownBy(() -> asked.get(60, TimeUnit.SECONDS))
          .cause()
          .isInstanceOfSatisfying(
              CastraException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED));
      assertThat(copies()).isEmpty();
      assertThat(reader.cancel()).isFalse();

      signal("CONT", owner);
      assertThat(ask("SELECT vm FROM stamps").rows).hasSize(1);
      owner.leave();
    }
  }

  private static void signal(String name, JavaChild child) throws Exception {
    String pid = Long.toString(child.pid());
    assertThat(new ProcessBuilder("kill", "-" + name, pid).inheritIO().start().waitFor()).isZero();
  }

  @Test
  void oldCopiesAreRemovedHoweverManyDoSoAtOnce() throws Exception {
    FileTime future = FileTime.from(Instant.now().plusSeconds(60));
    Path old = Files.createDirectory(folder.resolve("ask-old"));
    RecordCopy.removeIfOlder(folder.resolve("ask-gone"), future);
    for (int round = 0; round < 50; round++) {
      Files.createDirectories(old.resolve("nested"));
      for (int i = 0; i < 20; i++) {
        Files.createFile(old.resolve("file" + i));
      }
      CompletableFuture<?>[] removals = new CompletableFuture<?>[3];
      for (int i = 0; i < removals.length; i++) {
        removals[i] = CompletableFuture.runAsync(() -> remove(old, future));
      }
      CompletableFuture.allOf(removals).get(60, TimeUnit.SECONDS);
      assertThat(old).doesNotExist();
    }
  }

  private static void remove(Path old, FileTime time) {
    try {
      RecordCopy.removeIfOlder(old, time);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What lies beside the record. */
  private List<String> copies() throws IOException {
    try (Stream<Path> files = Files.list(OpenProject.rootIn(folder).databaseFolder())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("castra."))
          .toList();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void rowsArriveBeforeAllAreComputed(boolean served) throws Exception {
    try (AutoCloseable owner = served ? OpenProject.in(folder) : () -> {}) {
      Collected some = new Collected();
      some.wanted = 1_000;

      reader.run(
          "SELECT a.x FROM SYSTEM_RANGE(1, 100000) a, SYSTEM_RANGE(1, 100000) b", LIMIT, some);

      assertThat(some.rows).hasSize(1_000);
      assertThat(owner).isNotNull();
    }
  }

  @Test
  void aReaderThatIsHeldUpGetsNothingBeyondTheLimit() {
    StatementReader.Rows slow =
        new StatementReader.Rows() {
          @Override
          public void begin(List<String> columns) {}

          @Override
          public boolean row(List<@Nullable Object> values) {
            try {
              Thread.sleep(2_500);
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            return true;
          }
        };

    assertThatThrownBy(
            () -> reader.run("SELECT x FROM SYSTEM_RANGE(1, 1000)", Duration.ofSeconds(2), slow))
        .isInstanceOfSatisfying(
            CastraException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.STATEMENT_TIMEOUT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT last_seq FROM event_counters FOR UPDATE",
        "SELECT * FROM (SELECT last_seq FROM event_counters for\n /* all */ update)",
        "SELECT '''' FROM event_counters FOR -- '\n UPDATE"
      })
  void noStatementLocksRows(String statement) {
    try (OpenProject project = OpenProject.in(folder)) {
      isRefused(statement, "it locks rows");
      assertThat(project.column("SELECT last_seq FROM event_counters")).hasSize(1);
    }
  }

  @Test
  void textAndNamesMayTellOfLocks() {
    assertThat(ask("SELECT 'FOR UPDATE' AS \"FOR UPDATE\" -- for update").rows)
        .containsExactly(List.of("FOR UPDATE"));
  }

  @Test
  void aStatementThatCannotBeStoppedIsLeftBehind() throws Exception {
    try (JavaChild owner = child("hold");
        JavaChild asks = askInAChild("SELECT REGEXP_LIKE(REPEAT('x', 60), '(x+x+)+\\1y')", 3)) {
      assertThat(asks.rest())
          .containsExactly(
              "STATEMENT_TIMEOUT",
              "The statement did not end within 3 s, and one value of it is still being computed.",
              "That goes on until this castra ends. Ask for less, such as a simpler pattern.",
              "leaves");
      owner.leave();
    }
  }

  @Test
  void aStatementThatNeedsTooMuchMemoryIsTheTroubleOfWhoAsks() throws Exception {
    String statement =
        "SELECT CARDINALITY(ARRAY_AGG(LPAD(x, 1000000))) FROM SYSTEM_RANGE(1, 1000000)";
    try (JavaChild owner = child("events", "owner", "1000000");
        JavaChild asks = askInAChild(statement, 60)) {
      assertThat(asks.rest())
          .containsExactly(
              "DATABASE",
              "The statement needs more memory than there is for it.",
              "The record is unharmed. Ask for less: fewer rows to sort or to group, shorter texts.",
              "leaves");
      long told = Long.parseLong(owner.line().replace("owner-", ""));
      assertThat(ask("SELECT MAX(seq) - COUNT(*), MAX(seq) > " + told + " FROM events").rows)
          .containsExactly(List.of(0L, true));
      owner.kill();
    }
    assertThat(DatabaseCheck.of(OpenProject.rootIn(folder), Ticker.system()).findings()).isEmpty();
  }

  @Test
  void rowsToSortNeedNotFitIntoMemory() throws Exception {
    String statement = "SELECT x, LPAD(x, 10000) FROM SYSTEM_RANGE(1, 25000) ORDER BY x DESC";
    try (JavaChild asks = askInAChild(statement, 60)) {
      assertThat(asks.rest()).containsExactly("25000 rows", "leaves");
    }
  }

  private JavaChild askInAChild(String statement, int seconds) throws IOException {
    return JavaChild.start(
        StoreChild.class, folder.toString(), "ask", statement, Integer.toString(seconds));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStatementHoldsNothingThatOthersNeed(boolean served) throws Exception {
    try (AutoCloseable owner = served ? OpenProject.in(folder) : () -> {}) {
      Collected answer = new Collected();
      reader.run(
          "SELECT x FROM SYSTEM_RANGE(1, 1000)",
          LIMIT,
          new StatementReader.Rows() {
            @Override
            public void begin(List<String> columns) {
              try (Database other = Database.open(OpenProject.rootIn(folder), Ticker.system())) {
                answer.begin(columns);
              }
            }

            @Override
            public boolean row(List<@Nullable Object> values) {
              return answer.row(values);
            }
          });
      assertThat(answer.rows).hasSize(1_000);
      assertThat(copies()).isEmpty();
      assertThat(owner).isNotNull();
    }
  }

  private JavaChild child(String... words) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(folder.toString()));
    arguments.addAll(List.of(words));
    JavaChild child = JavaChild.start(StoreChild.class, arguments.toArray(String[]::new));
    assertThat(child.line()).isEqualTo("open");
    return child;
  }

  @Test
  void withoutARecordThereIsNothingToAsk(@TempDir Path empty) {
    StatementReader nothing = new StatementReader(OpenProject.rootIn(empty), Ticker.system());

    assertThatThrownBy(() -> nothing.run("SELECT 1", LIMIT, new Collected()))
        .isInstanceOfSatisfying(
            CastraException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.RECORD_NOT_FOUND);
              assertThat(e.hint()).contains("castra up");
            });
    assertThat(empty).isEmptyDirectory();
  }
}
