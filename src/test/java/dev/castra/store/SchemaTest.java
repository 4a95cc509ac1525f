package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.process.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SchemaTest {
  private static final Pattern MIGRATION = Pattern.compile("V([0-9]+)__[a-z0-9_]+\\.sql");
  private static final String OURS = "table_schema = 'PUBLIC' AND table_name NOT LIKE '%flyway%'";

  @TempDir Path folder;
  private OpenProject project;

  @BeforeEach
  void open() {
    project = OpenProject.in(folder);
  }

  @AfterEach
  void close() {
    project.close();
  }

  @Test
  void theCurrentVersionIsTheNewestMigration() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("db/migrations"))) {
      List<Integer> versions =
          files
              .map(file -> MIGRATION.matcher(file.getFileName().toString()))
              .filter(Matcher::matches)
              .map(name -> Integer.parseInt(name.group(1)))
              .sorted()
              .toList();

      assertThat(versions).last().isEqualTo(SchemaVersion.CURRENT);
      assertThat(versions).doesNotHaveDuplicates();
    }
    assertThat(
            project.column(
                "SELECT MAX(CAST(\"version\" AS INTEGER)) FROM \"flyway_schema_history\""))
        .containsExactly(Integer.toString(SchemaVersion.CURRENT));
  }

  @Test
  void everyConstraintHasAName() {
    assertThat(
            project.column(
                "SELECT constraint_name FROM information_schema.table_constraints WHERE " + OURS))
        .hasSizeGreaterThan(30)
        .allMatch(name -> name.matches("(PK|FK|UQ|CK)_[A-Z_]+"));
  }

  @Test
  void everyIndexHasAName() {
    // H2 names the index behind a constraint after it, with a suffix of its own.
    assertThat(project.column("SELECT index_name FROM information_schema.indexes WHERE " + OURS))
        .hasSizeGreaterThan(10)
        .allMatch(
            name ->
                name.matches("IX_[A-Z_]+|PRIMARY_KEY_[0-9A-F_]+")
                    || name.matches("(PK|FK|UQ)_[A-Z_]+_INDEX_[0-9A-F_]+"));
  }

  @Test
  void everyTimeHasAZone() {
    assertThat(
            project.column(
                "SELECT DISTINCT data_type FROM information_schema.columns WHERE "
                    + OURS
                    + " AND (data_type LIKE '%TIME%' OR data_type LIKE 'DATE%'"
                    + " OR column_name LIKE '%\\_AT')"))
        .containsExactly("TIMESTAMP WITH TIME ZONE");
  }

  @Test
  void tablesArePluralAndInSnakeCase() {
    assertThat(
            project.column(
                "SELECT table_name FROM information_schema.tables"
                    + " WHERE table_type = 'BASE TABLE' AND "
                    + OURS))
        .contains("STAMPS", "RUNS", "STEP_LOGS", "EVENTS", "VMS", "DISKS")
        .allMatch(name -> name.matches("[A-Z]+(_[A-Z]+)*S"));
  }

  @Test
  void enumerationsAreTextWithACheck() {
    assertThat(
            project.column(
                "SELECT column_name FROM information_schema.columns WHERE "
                    + OURS
                    + " AND data_type = 'ENUM'"))
        .isEmpty();
  }

  @Test
  void aStampIsUniquePerMachineImageAndArtifact() {
    assertThat(
            project.column(
                "SELECT column_name FROM information_schema.key_column_usage"
                    + " WHERE constraint_name = 'PK_STAMPS' ORDER BY ordinal_position"))
        .containsExactly("VM", "BASE_IMAGE_HASH", "BOOTSTRAP_ARTIFACT_HASH");
  }

  @Test
  void everyTableAndEveryColumnIsExplained() {
    List<Catalogue.Table> tables = new Catalogue(project.root, Ticker.system()).tables();

    assertThat(tables)
        .extracting(Catalogue.Table::name)
        .contains("runs", "stamps", "v_run_history", "v_current_stamps")
        .doesNotContain("flyway_schema_history");
    assertThat(tables)
        .allSatisfy(table -> assertThat(table.comment()).isNotBlank().endsWith("."))
        .flatExtracting(Catalogue.Table::columns)
        .hasSizeGreaterThan(150)
        .allSatisfy(column -> assertThat(column.comment()).as(column.name()).isNotBlank());
  }

  @Test
  void theCommentOfAViewTellsOfItsColumnsInTheirOrderAndOfNoOthers() {
    for (String view : project.column("SELECT table_name FROM information_schema.views")) {
      String told =
          project
              .column("SELECT remarks FROM information_schema.tables WHERE table_name = ?", view)
              .get(0);
      List<String> columns =
          project.column(
              "SELECT LOWER(column_name) FROM information_schema.columns WHERE table_name = ?"
                  + " AND table_schema = 'PUBLIC' ORDER BY ordinal_position",
              view);

      assertThat(told.lines().skip(1).map(line -> line.substring(0, line.indexOf(": "))))
          .as(view)
          .containsExactlyElementsOf(columns);
    }
  }
}
