package dev.castra.steplog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.run.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RunLogsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"10.log", "10.json", "10.log.part", "10.json.part"})
  void everyNameOfALogTellsOfItsRun(String name) throws IOException {
    Files.createFile(folder.resolve("9.json"));
    Files.createFile(folder.resolve(name));
    Files.createFile(folder.resolve("77.txt"));
    Files.createFile(folder.resolve("notes.log"));

    assertThat(RunLogs.newest(folder)).contains(new RunId(10));
  }

  @Test
  void aVmWithoutLogsHasNone() throws IOException {
    assertThat(RunLogs.newest(folder)).isEmpty();
    assertThat(RunLogs.newest(folder.resolve("absent"))).isEmpty();
  }
}
