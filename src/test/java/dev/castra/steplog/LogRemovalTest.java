package dev.castra.steplog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.run.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogRemovalTest {
  private static final RunId RUN = new RunId(7);

  @TempDir Path folder;

  private LogRemoval removal = new LogRemoval(Path.of(""));

  @BeforeEach
  void twoRuns() throws IOException {
    removal = new LogRemoval(folder);
    for (String name :
        List.of("7.json", "7.log", "77.json", "77.log", "7.log.part", "77.log.part")) {
      Files.writeString(folder.resolve(name), name);
    }
  }

  @Test
  void removesTheLogsOfOneRunOnly() throws IOException {
    removal.setAside(RUN);
    removal.finish(RUN);

    assertThat(files()).containsExactlyInAnyOrder("77.json", "77.log", "77.log.part");
  }

  @Test
  void putsBackWhatWasSetAsideForARunThatIsStillRecorded() throws IOException {
    removal.setAside(RUN);

    removal.recover(run -> true);

    assertThat(folder.resolve("7.json")).hasContent("7.json");
    assertThat(folder.resolve("7.log")).hasContent("7.log");
    assertThat(folder.resolve("7.log.part")).hasContent("7.log.part");
  }

  @Test
  void deletesWhatWasSetAsideForARunThatIsForgotten() throws IOException {
    removal.setAside(RUN);
    Files.writeString(folder.resolve("notes.pruned"), "not castra's");

    removal.recover(run -> !run.equals(RUN));

    assertThat(files())
        .containsExactlyInAnyOrder("77.json", "77.log", "77.log.part", "notes.pruned");
  }

  @Test
  void deletesOldLogsThatNobodyKnowsButForTheNewestRun() throws IOException {
    Instant now = Instant.now();
    Files.writeString(folder.resolve("8.log"), "known");
    Files.writeString(folder.resolve("9.log"), "of late");
    Files.setLastModifiedTime(folder.resolve("9.log"), FileTime.from(now.plusSeconds(10)));

    removal.deleteUnknown(run -> run.value() == 8, now.plusSeconds(5));

    assertThat(files())
        .containsExactlyInAnyOrder("77.json", "77.log", "77.log.part", "8.log", "9.log");
  }

  @Test
  void deletesFilesOfItsOwnVmOnlyWhereSeveralHaveThem() throws IOException {
    for (String name : List.of("web-run-7.gz", "web-run-8.gz", "web-2-run-7.gz", "web-run-7.txt")) {
      Files.writeString(folder.resolve(name), name);
    }
    LogRemoval reports = LogRemoval.ofFiles(folder, "web-run-", ".gz");

    reports.deleteUnknown(run -> run.value() == 8, Instant.now().plusSeconds(5));

    assertThat(files())
        .contains("web-run-8.gz", "web-2-run-7.gz", "web-run-7.txt", "7.log", "77.log")
        .doesNotContain("web-run-7.gz");
  }

  @Test
  void findsNothingToDoWithoutLogs() throws IOException {
    LogRemoval none = new LogRemoval(folder.resolve("none"));

    none.recover(run -> false);
    none.deleteUnknown(run -> false, Instant.MAX);
    none.setAside(RUN);
    none.finish(RUN);

    assertThat(folder.resolve("none")).doesNotExist();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
