package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that an older Castra made. */
final class UpgradeTest {
  private static final String HASH = "ab".repeat(32);

  @TempDir Path folder;

  private StateRoot root;

  @BeforeEach
  void makeWithTheFirstSchema() throws IOException, SQLException {
    root = OpenProject.rootIn(folder);
    Files.createDirectories(root.databaseFolder());
    String url = DatabaseUrl.owner(root.database());
    Flyway.configure()
        .dataSource(url, DatabaseUrl.USER, DatabaseUrl.PASSWORD)
        .locations("classpath:db/migrations")
        .target("1")
        .load()
        .migrate();
    execute(
        "INSERT INTO projects VALUES (1, 'shop', '" + HASH + "', CURRENT_TIMESTAMP)",
        "INSERT INTO vms (vm, role, position, in_config, cpus, memory_mib, updated_at)"
            + " VALUES ('web', 'web', 0, TRUE, 2, 256, CURRENT_TIMESTAMP)");
  }

  @Test
  void goesOnWhereTheViewsWereCutShort() throws SQLException {
    // H2 commits each statement by itself; all of them is the longest that a kill can leave behind.
    execute(
        "RUNSCRIPT FROM 'classpath:db/migrations/V2__ssh_driver.sql'",
        "RUNSCRIPT FROM 'classpath:db/migrations/V3__views.sql'");

    assertThat(new StatusReader(root, Ticker.system()).read()).isPresent();
    try (OpenProject project = OpenProject.in(folder)) {
      assertThat(project.column("SELECT vm FROM v_vms ORDER BY position"))
          .containsExactly("web", "db");
    }
  }

  private void execute(String... changes) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                DatabaseUrl.owner(root.database()), DatabaseUrl.USER, DatabaseUrl.PASSWORD);
        Statement statement = connection.createStatement()) {
      for (String change : changes) {
        statement.execute(change);
      }
    }
  }

  @Test
  void isBroughtUpToDateByAReaderAndKeepsItsRows() {
    StatusReader.Snapshot snapshot = new StatusReader(root, Ticker.system()).read().orElseThrow();

    assertThat(snapshot.projectName()).isEqualTo("shop");
    assertThat(snapshot.inConfig())
        .singleElement()
        .satisfies(
            vm -> {
              assertThat(vm.vm()).isEqualTo(OpenProject.WEB);
              assertThat(vm.memoryMib()).isEqualTo(256);
              assertThat(vm.contact()).isEmpty();
            });
  }

  @Test
  void isBroughtUpToDateByAWriter() {
    try (OpenProject project = OpenProject.in(folder)) {
      assertThat(project.column("SELECT driver FROM vms WHERE vm = 'web'")).containsExactly("qemu");
      project.succeed(project.newDisk(OpenProject.WEB).vm(), OpenProject.A);
    }
  }

  @Test
  void goesOnWhereAnUpgradeWasCutShort() throws SQLException {
    execute("ALTER TABLE vms ADD COLUMN driver VARCHAR(8) DEFAULT 'qemu' NOT NULL");

    assertThat(new StatusReader(root, Ticker.system()).read()).isPresent();
  }

  @Test
  void goesOnAfterAnUpgradeThatFailed() throws SQLException {
    execute(
        "INSERT INTO \"flyway_schema_history\" (\"installed_rank\", \"version\","
            + " \"description\", \"type\", \"script\", \"installed_by\", \"execution_time\","
            + " \"success\") VALUES (2, '2', 'ssh driver', 'SQL', 'V2__ssh_driver.sql', 'castra',"
            + " 1, FALSE)");

    assertThat(new StatusReader(root, Ticker.system()).read()).isPresent();
  }
}
