package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database that castra cannot use is left as it is; no VM boots here. */
final class DatabaseTroubleIT {
  private static final String RUNS = "SELECT vm || ' ' || status FROM runs";

  private final CastraProject project;
  private final Path file;

  DatabaseTroubleIT() throws IOException {
    project = CastraProject.create();
    file = project.stateRoot().resolve("db/castra.mv.db");
  }

  @BeforeEach
  void describe() throws IOException {
    BootSector.write(project.directory().resolve("boot.img"));
    project.config("[[vms]]\nname = \"web\"\nbase_image = \"boot.img\"\n");
  }

  @AfterEach
  void close() throws IOException, InterruptedException {
    project.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "up", "down"})
  void aDatabaseOfANewerCastraIsRefusedAndNotChanged(String command)
      throws InterruptedException, IOException, SQLException {
    Rehearsed.fill(project);
    byte[] usable = Files.readAllBytes(file);
    project
        .records()
        .update(
            "INSERT INTO \"flyway_schema_history\" (\"installed_rank\", \"version\","
                + " \"description\", \"type\", \"script\", \"installed_by\", \"execution_time\","
                + " \"success\") VALUES (999, '999', 'later', 'SQL', 'V999__later.sql', 'later',"
                + " 1, TRUE)");

    byte[] newer = Files.readAllBytes(file);
    try {
      Complaint.of(project.run(command), 74)
          .says(file.toString(), "schema version 999")
          .advises("newer Castra");

      assertThat(file).hasBinaryContent(newer);
    } finally {
      restore(usable);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "up", "down"})
  void aFileThatIsNoDatabaseIsRefusedAndKeptAndABackupHelps(String command)
      throws InterruptedException, IOException, SQLException {
    Rehearsed.fill(project);
    byte[] usable = Files.readAllBytes(file);
    byte[] garbage = new byte[usable.length];
    Arrays.fill(garbage, (byte) '#');
    Files.write(file, garbage);
    try {
      Complaint.of(project.run(command), 74).says(file.toString(), "damaged").advises("backup");

      assertThat(file).hasBinaryContent(garbage);
    } finally {
      restore(usable);
    }
    assertThat(project.records().column(RUNS)).containsExactly("web success");
  }

  @Test
  void aFullDiskIsToldAndTheDatabaseCanBeMadeOnceThereIsRoom()
      throws InterruptedException, IOException, SQLException {
    Complaint.of(project.startLimited(64, "up").end(), 74).advises("disk is not full");

    Rehearsed.fill(project);
    assertThat(project.records().column(RUNS)).containsExactly("web success");
  }

  /** Closing the project takes a usable database too: it runs `castra down`. */
  private void restore(byte[] usable) throws IOException {
    Files.write(file, usable);
  }
}
