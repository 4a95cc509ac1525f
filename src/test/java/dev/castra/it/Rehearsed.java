package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Fills a project's database as an `up` would, without a machine. */
final class Rehearsed {
  private Rehearsed() {}

  static void fill(CastraProject project) throws InterruptedException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("castra.jar"),
            "dev.castra.cli.TrainingData",
            "castra.toml");
    try (CastraProcess rehearsal = CastraProcess.start(command, project.directory(), Map.of())) {
      assertThat(rehearsal.end().exitsWith(0).stdout()).containsExactly("ready");
    }
  }
}
