package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.JavaChild;
import dev.castra.process.PrivateFiles;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DatabaseTest {
  @TempDir Path folder;
  private StateRoot root;

  @BeforeEach
  void nameTheStateRoot() {
    root = OpenProject.rootIn(folder);
  }

  @Test
  void whatIsCommittedIsThereAfterReopening() {
    try (OpenProject project = OpenProject.in(folder)) {
      project.newDisk(OpenProject.WEB);
      project.succeed(OpenProject.WEB, OpenProject.A);
    }
    try (OpenProject project = OpenProject.in(folder)) {
      assertThat(project.column("SELECT status FROM runs")).containsExactly("success");
      assertThat(root.databaseServer()).exists();
    }
    assertThat(root.databaseServer()).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"000", "022", "077"})
  void filesAreTheOwnersWhateverTheUmask(String umask) throws Exception {
    try (JavaChild child =
        JavaChild.startUnder(umask, StoreChild.class, folder.toString(), "claim", "web")) {
      assertThat(child.line()).isEqualTo("open");
      assertThat(child.line()).isEqualTo("claimed");
      assertThat(modes())
          .contains(
              ".castra rwx------",
              ".castra/db rwx------",
              ".castra/locks rwx------",
              ".castra/locks/web.lock rw-------",
              ".castra/db/castra.mv.db rw-------",
              ".castra/db/castra.server rw-------");
      child.leave();
      assertThat(modes())
          .allMatch(line -> line.endsWith(" rwx------") || line.endsWith("rw-------"));
    }
  }

  private List<String> modes() throws IOException {
    List<String> modes = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root.path())) {
      for (Path file : files.toList()) {
        modes.add(
            folder.relativize(file)
                + " "
                + PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      }
    }
    return modes;
  }

  @Test
  void aNewerDatabaseIsRefusedAndNotAByteOfItChanges() throws IOException, SQLException {
    OpenProject.in(folder).close();
    try (Connection connection =
            DriverManager.getConnection(
                DatabaseUrl.owner(root.database()), DatabaseUrl.USER, DatabaseUrl.PASSWORD);
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE \"flyway_schema_history\" SET \"version\" = '999'");
    }
    byte[] before = Files.readAllBytes(root.databaseFile());

    CastraException refused = refused();

    assertThat(refused.code()).isEqualTo(ErrorCode.DATABASE_TOO_NEW);
    assertThat(refused).hasMessageContaining("schema version 999");
    assertThat(catchThrowableOfType(CastraException.class, this::readStatus).code())
        .isEqualTo(ErrorCode.DATABASE_TOO_NEW);
    assertThat(root.databaseServer()).doesNotExist();
    assertThat(root.databaseFile()).hasBinaryContent(before);
  }

  @Test
  void aFirstMigrationThatWasCutShortIsBegunAnew() throws IOException, SQLException {
    Files.createDirectories(root.databaseFolder());
    try (Connection connection =
            DriverManager.getConnection(
                DatabaseUrl.owner(root.database()), DatabaseUrl.USER, DatabaseUrl.PASSWORD);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE projects (name VARCHAR(10))");
    }

    try (OpenProject project = OpenProject.in(folder)) {
      assertThat(project.column("SELECT COUNT(*) FROM stamps")).containsExactly("0");
    }
  }

  @Test
  void anEmptiedDatabaseBesideVmsIsRefusedInsteadOfBegunAnew() throws IOException {
    OpenProject.in(folder).close();
    Files.createDirectories(root.vmFolder(OpenProject.WEB));
    Files.delete(root.databaseFile());

    CastraException refused = refused();
    assertThat(refused).hasMessageContaining("holds nothing").hasMessageContaining("has VMs");
    assertThat(refused.hint()).contains("move the state root aside");
    assertThat(catchThrowableOfType(CastraException.class, this::readStatus))
        .hasMessageContaining("holds nothing");
  }

  @Test
  void aDamagedFileIsNamedAndKept() throws IOException {
    OpenProject.in(folder).close();
    byte[] damaged = Files.readAllBytes(root.databaseFile());
    java.util.Arrays.fill(damaged, (byte) 'x');
    Files.write(root.databaseFile(), damaged);

    CastraException refused = refused();

    assertThat(refused.code()).isEqualTo(ErrorCode.DATABASE);
    assertThat(refused)
        .hasMessageContaining("`" + root.databaseFile() + "` is damaged")
        .extracting(CastraException::hint)
        .asString()
        .contains("Nothing was deleted", "move the state root aside");
    assertThatThrownBy(this::readStatus).hasMessage(refused.getMessage());
    assertThat(root.databaseFile()).hasBinaryContent(damaged);
  }

  @Test
  void aFileThatIsNoDatabaseIsNamedAndKept() throws IOException {
    PrivateFiles.createFolder(root.databaseFolder());
    Files.writeString(root.databaseFile(), "not a database");

    assertThat(refused().code()).isEqualTo(ErrorCode.DATABASE);
    assertThat(root.databaseFile()).hasContent("not a database");
  }

  @Test
  void aSemicolonInThePathIsExplained() {
    root = OpenProject.rootIn(folder.resolve("a;b"));

    CastraException refused = refused();

    assertThat(refused.code()).isEqualTo(ErrorCode.CANNOT_CREATE);
    assertThat(refused).hasMessageContaining("`;`");
  }

  @Test
  void aFileInPlaceOfTheStateRootIsExplained() throws IOException {
    Files.writeString(root.path(), "in the way");

    CastraException refused = refused();

    assertThat(refused.code()).isEqualTo(ErrorCode.CANNOT_CREATE);
    assertThat(refused).hasMessageContaining(root.path().toString());
    assertThat(root.path()).hasContent("in the way");
  }

  @Test
  void nothingIsThereBeforeTheFirstUpAndReadingChangesThat() {
    assertThat(new StatusReader(root, Ticker.system()).read()).isEmpty();
    assertThat(root.path()).doesNotExist();
  }

  @Test
  void manyThreadsLoseNoUpdate() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (OpenProject project = OpenProject.in(folder)) {
      List<Future<Integer>> all =
          IntStream.range(0, 200)
              .mapToObj(
                  i ->
                      threads.submit(
                          () ->
                              project.database.transaction(
                                  sql -> sql.execute("UPDATE vms SET cpus = cpus + 1"))))
              .toList();
      for (Future<Integer> one : all) {
        assertThat(one.get(60, TimeUnit.SECONDS)).isEqualTo(2);
      }
      assertThat(project.column("SELECT cpus FROM vms")).containsExactly("202", "202");
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aFailingTransactionLeavesNothing() {
    try (OpenProject project = OpenProject.in(folder)) {
      assertThatThrownBy(
              () ->
                  project.database.transaction(
                      sql -> {
                        sql.execute("UPDATE vms SET cpus = 77");
                        throw new IllegalStateException("after the update");
                      }))
          .hasMessage("after the update");
      assertThat(project.column("SELECT cpus FROM vms")).containsExactly("2", "2");
    }
  }

  private CastraException refused() {
    CastraException refused =
        catchThrowableOfType(
            CastraException.class, () -> Database.open(root, Ticker.system()).close());
    assertThat(refused).isNotNull();
    return refused;
  }

  private void readStatus() {
    new StatusReader(root, Ticker.system()).read();
  }
}
