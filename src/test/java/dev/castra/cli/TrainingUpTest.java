package dev.castra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.process.JavaChild;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What class archives are made from; without it, {@code castra up} starts slower, and no worse. */
final class TrainingUpTest {
  @TempDir Path folder;

  @Test
  void bootstrapsAMachineOnceAndThenFindsNothingToDo() throws Exception {
    List<String> lines = new ArrayList<>();
    try (JavaChild child = JavaChild.start(TrainingUp.class, folder.toString())) {
      for (String line = child.line(); !line.contains("NoOp"); line = child.line()) {
        lines.add(line);
      }
    }
    assertThat(lines).anyMatch(line -> line.matches("machine +Success .*"));
    assertThat(lines).anyMatch(line -> line.contains("verify"));
  }
}
