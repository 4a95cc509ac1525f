package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.process.JavaChild;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A database that an older Castra made. */
final class UpgradeTest {
  private static final String BACKUP = "before-schema-" + SchemaVersion.CURRENT + ".zip";

  @TempDir Path folder;

  private StateRoot root;

  @BeforeEach
  void nameTheStateRoot() {
    root = OpenProject.rootIn(folder);
  }

  static IntStream versions() {
    return ReleasedDatabase.versions();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void hasEveryRowItHadAfterTheUpgrade(int version) throws Exception {
    ReleasedDatabase.put(version, root);
    Map<String, Collection<Map<String, String>>> before = ReleasedDatabase.rows(root.database());
    assertThat(before.get("RUNS")).hasSizeGreaterThan(2);
    assertThat(before.get("STAMPS")).isNotEmpty();

    Database.open(root, Ticker.system()).close();

    assertThat(ReleasedDatabase.like(before, ReleasedDatabase.rows(root.database())))
        .isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void isGoneOnWithAfterTheUpgrade(int version) throws Exception {
    ReleasedDatabase.put(version, root);

    try (OpenProject project = OpenProject.in(folder)) {
      project.newDisk(OpenProject.WEB);
      project.succeed(OpenProject.WEB, OpenProject.A);
    }
    assertThat(status().inConfig()).isNotEmpty();
  }

  @Test
  void isKeptAsItWasBesideTheNewOne() throws Exception {
    ReleasedDatabase.put(1, root);
    Files.writeString(root.databaseFolder().resolve("before-schema-0.zip"), "an older backup");
    Map<String, Collection<Map<String, String>>> before = ReleasedDatabase.rows(root.database());

    Database.open(root, Ticker.system()).close();

    assertThat(files()).containsExactlyInAnyOrder("castra.mv.db", BACKUP);
    DatabaseBackup.extract(root.databaseFolder().resolve(BACKUP), folder.resolve("old.mv.db"));
    assertThat(ReleasedDatabase.rows(folder.resolve("old"))).isEqualTo(before);
  }

  @Test
  void isBroughtUpToDateByAReader() throws Exception {
    ReleasedDatabase.put(1, root);

    assertThat(status().inConfig()).isNotEmpty();
    assertThat(files()).containsExactlyInAnyOrder("castra.mv.db", BACKUP);
  }

  @Test
  void isAsItWasWhenTheDiskIsFull() throws Exception {
    ReleasedDatabase.put(1, root);
    byte[] before = Files.readAllBytes(root.databaseFile());
    int kib = (int) (Files.size(root.databaseFile()) / 1024) - 1;

    try (JavaChild child =
        JavaChild.startWithFilesUpTo(kib, StoreChild.class, folder.toString(), "hold")) {
      assertThat(child.rest()).isEmpty();
    }

    assertThat(ReleasedDatabase.rows(root.database())).containsKey("RUNS");
    assertThat(Files.size(root.databaseFile())).isEqualTo(before.length);
    assertThat(files()).doesNotContain("upgrade.mv.db");
    assertThat(status().inConfig()).isNotEmpty();
  }

  @Test
  void isUpgradedOnceByProcessesThatFindItTogether() throws Exception {
    ReleasedDatabase.put(1, root);
    List<JavaChild> children = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        children.add(JavaChild.start(StoreChild.class, folder.toString(), "open"));
      }
      for (JavaChild child : children) {
        assertThat(child.line()).isEqualTo("ready");
      }
      for (JavaChild child : children) {
        child.go();
      }
      for (JavaChild child : children) {
        assertThat(child.line()).isEqualTo("open");
      }
    } finally {
      children.forEach(JavaChild::close);
    }
    assertThat(files()).contains(BACKUP).doesNotContain("upgrade.mv.db");
    assertThat(migrations()).isEqualTo(SchemaVersion.CURRENT);
  }

  @Test
  void waitsForAnOlderCastraThatServesIt() throws Exception {
    ReleasedDatabase.put(1, root);
    try (Connection older = DatabaseUrl.open(DatabaseUrl.owner(root.database()));
        DatabaseServer serves = DatabaseServer.start(root.database(), root.databaseServer());
        JavaChild child = JavaChild.start(StoreChild.class, folder.toString(), "open")) {
      assertThat(child.line()).isEqualTo("ready");
      child.go();
      while (sessions(older) < 2) {
        Thread.sleep(20);
      }

      serves.close();
      older.close();

      assertThat(child.line()).isEqualTo("open");
      assertThat(files()).contains(BACKUP);
    }
  }

  private static int sessions(Connection older) throws SQLException {
    return PlainQuery.first(
            older, row -> row.getInt(1), "SELECT COUNT(*) FROM information_schema.sessions")
        .orElseThrow();
  }

  @Test
  void goesOnWhereAnUpgradeInPlaceWasCutShort() throws Exception {
    ReleasedDatabase.put(1, root);
    execute("ALTER TABLE vms ADD COLUMN driver VARCHAR(8) DEFAULT 'qemu' NOT NULL");

    assertThat(status().inConfig()).isNotEmpty();
  }

  @Test
  void goesOnAfterAnUpgradeInPlaceThatFailed() throws Exception {
    ReleasedDatabase.put(1, root);
    execute(
        "INSERT INTO \"flyway_schema_history\" (\"installed_rank\", \"version\","
            + " \"description\", \"type\", \"script\", \"installed_by\", \"execution_time\","
            + " \"success\") VALUES (2, '2', 'ssh driver', 'SQL', 'V2__ssh_driver.sql', 'castra',"
            + " 1, FALSE)");

    assertThat(status().inConfig()).isNotEmpty();
  }

  @Test
  void isLeftAloneIfItCannotBeMigrated() throws Exception {
    ReleasedDatabase.put(1, root);
    execute("ALTER TABLE vms RENAME TO machines");
    Map<String, Collection<Map<String, String>>> before = ReleasedDatabase.rows(root.database());

    assertThatThrownBy(this::status)
        .isInstanceOf(CastraException.class)
        .hasMessageContaining("could not be migrated");
    assertThat(ReleasedDatabase.rows(root.database())).isEqualTo(before);
  }

  @Test
  void goesOnWhereTheViewsWereCutShort() throws Exception {
    ReleasedDatabase.put(1, root);
    // H2 commits each statement by itself; all of them is the longest that a kill can leave behind.
    execute(
        "RUNSCRIPT FROM 'classpath:db/migrations/V2__ssh_driver.sql'",
        "RUNSCRIPT FROM 'classpath:db/migrations/V3__views.sql'");

    assertThat(new StatusReader(root, Ticker.system()).read()).isPresent();
    try (OpenProject project = OpenProject.in(folder)) {
      assertThat(project.column("SELECT vm FROM v_vms ORDER BY position")).contains("web", "db");
    }
  }

  @Test
  void goesOnWhereTheIndexesWereCutShort() throws Exception {
    ReleasedDatabase.put(3, root);
    execute("CREATE INDEX ix_events_vm ON events (vm, seq)");

    assertThat(status().inConfig()).isNotEmpty();
  }

  private StatusReader.Snapshot status() {
    return new StatusReader(root, Ticker.system()).read().orElseThrow();
  }

  private int migrations() throws SQLException {
    try (Connection connection = DatabaseUrl.open(DatabaseUrl.reader(root.database()))) {
      return PlainQuery.first(
              connection,
              row -> row.getInt(1),
              "SELECT COUNT(*) FROM \"flyway_schema_history\" WHERE \"type\" = 'SQL'")
          .orElseThrow();
    }
  }

  private void execute(String... changes) throws SQLException {
    try (Connection connection = DatabaseUrl.open(DatabaseUrl.owner(root.database()));
        Statement statement = connection.createStatement()) {
      for (String change : changes) {
        statement.execute(change);
      }
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(root.databaseFolder())) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
