package dev.castra.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.Json;
import dev.castra.operation.DatabaseReport;
import dev.castra.operation.RestoreReport;
import dev.castra.run.RunId;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The database commands as people and as scripts read them. */
final class DatabaseGoldenTest {
  private static final Path FOLDER = Path.of("src/test/resources/golden/database");
  private static final Path FILE = Path.of("/home/me/web/.castra/db/castra.mv.db");
  private static final Map<String, Long> ROWS = Map.of("runs", 3L, "claims", 0L, "vms", 2L);
  private static final List<DatabaseReport.Finding> FINDINGS =
      List.of(
          new DatabaseReport.Finding("runs", "rows 25 to 31 cannot be read: General error"),
          new DatabaseReport.Finding("vms", "VM web has boot 1, which is not\nrecorded for it"));

  @Test
  void aCheckNamesEveryFindingOnALine() throws IOException {
    DatabaseReport report = new DatabaseReport("web", FILE, OptionalInt.of(2), ROWS, FINDINGS);

    assertThat(DatabaseText.render(report)).isEqualTo(golden("check.txt"));
    assertThat(Json.pretty(report.fields()) + "\n").isEqualTo(golden("check.json"));
  }

  @Test
  void aCheckWithoutFindingsSaysWhatItRead() {
    assertThat(
            DatabaseText.render(
                new DatabaseReport("web", FILE, OptionalInt.of(2), ROWS, List.of())))
        .isEqualTo("ok  schema version 2, 5 rows in 3 tables: 3 runs, 2 vms\n");
  }

  @Test
  void aCheckBeforeTheFirstUpIsFine() throws IOException {
    DatabaseReport report =
        new DatabaseReport("web", FILE, OptionalInt.empty(), Map.of(), List.of());

    assertThat(DatabaseText.render(report)).isEqualTo("ok  nothing is recorded yet\n");
    assertThat(Json.pretty(report.fields()) + "\n").isEqualTo(golden("check-none.json"));
  }

  @Test
  void aRestoreSaysWhatItDid() throws IOException {
    RestoreReport report =
        new RestoreReport(
            Path.of("/backups/web.zip"),
            1,
            ROWS,
            List.of(FINDINGS.get(0)),
            List.of(
                new RestoreReport.Withdrawn(
                    new VmName("web"), new RunId(3), Optional.of(new RunId(5)))),
            Optional.of(FILE.resolveSibling("castra-20260506T070809Z.mv.db")),
            6,
            41);

    assertThat(DatabaseText.render(report)).isEqualTo(golden("restore.txt"));
  }

  private static String golden(String file) throws IOException {
    return Files.readString(FOLDER.resolve(file));
  }
}
