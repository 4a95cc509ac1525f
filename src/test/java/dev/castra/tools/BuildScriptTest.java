package dev.castra.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When {@code tools/lib/build} builds; what a build makes is Maven's business, not its own. */
final class BuildScriptTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Stands where Maven would, so that a build takes no minute and can be edited under. */
  private static final String MAVEN =
      """
      #!/bin/sh
      echo built >>builds
      sleep 0.1
      [ ! -e edit-during-build ] || echo changed >>src/main/Main.java
      mkdir -p target
      cat src/main/Main.java >target/castra.jar
      """;

  @TempDir Path checkout;

  @BeforeEach
  void checkOut() throws IOException {
    for (String file : List.of("tools/lib/build", "tools/lib/prepare.sh")) {
      Files.createDirectories(checkout.resolve(file).getParent());
      Files.copy(Path.of(file), checkout.resolve(file));
    }
    for (String file : List.of("pom.xml", "src/main/Main.java", "db/V1", "tools/guest/VERSION")) {
      Files.createDirectories(checkout.resolve(file).getParent());
      Files.writeString(checkout.resolve(file), "1\n");
    }
    Path maven = Files.createDirectory(checkout.resolve("bin")).resolve("mvn");
    Files.writeString(maven, MAVEN);
    Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void buildsOnceUntilSomethingChanges() throws Exception {
    assertThat(buildsAfterRun()).isEqualTo(1);
    assertThat(buildsAfterRun()).isEqualTo(1);
    Files.writeString(checkout.resolve("src/main/Main.java"), "2\n");
    assertThat(buildsAfterRun()).isEqualTo(2);
    assertThat(buildsAfterRun()).isEqualTo(2);
  }

  @Test
  void buildsAgainAfterAnEditThatCameDuringABuild() throws Exception {
    Path edit = Files.createFile(checkout.resolve("edit-during-build"));
    assertThat(buildsAfterRun()).isEqualTo(1);
    Files.delete(edit);

    assertThat(buildsAfterRun()).isEqualTo(2);
    assertThat(buildsAfterRun()).isEqualTo(2);
  }

  private long buildsAfterRun() throws Exception {
    String script = "PATH=\"$1/bin:$PATH\" exec bash \"$1/tools/lib/build\"";
    Command.Result result =
        Command.run(List.of("sh", "-c", script, "sh", checkout.toString()), LIMIT);
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    return Files.readAllLines(checkout.resolve("builds")).size();
  }
}
