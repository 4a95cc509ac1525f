package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.process.JavaChild;
import dev.castra.project.StateRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An upgrade that SIGKILL ends. */
@Timeout(300)
final class UpgradeCrashTest {
  private static final int STEP_MS = 60;

  @TempDir Path folder;

  /** Later and later, until the upgrade is done before the kill. */
  @Test
  void leavesTheOldSchemaOrTheNewOneWheneverItIsKilled() throws Exception {
    StateRoot root = OpenProject.rootIn(folder);
    ReleasedDatabase.put(1, root);
    Map<String, Collection<Map<String, String>>> before = ReleasedDatabase.rows(root.database());
    Set<Integer> versions = new TreeSet<>();
    for (int delay = 0; !versions.contains(SchemaVersion.CURRENT); delay += STEP_MS) {
      upgradeKilledAfter(delay);
      int version = version(root);
      versions.add(version);
      Map<String, Collection<Map<String, String>>> after = ReleasedDatabase.rows(root.database());
      assertThat(version == 1 ? after : ReleasedDatabase.like(before, after)).isEqualTo(before);
    }
    assertThat(versions).containsExactly(1, SchemaVersion.CURRENT);
    try (OpenProject project = OpenProject.in(folder)) {
      project.newDisk(OpenProject.WEB);
      project.succeed(OpenProject.WEB, OpenProject.A);
    }
    assertThat(Files.exists(root.databaseFolder().resolve("upgrade.mv.db"))).isFalse();
  }

  private void upgradeKilledAfter(int delayMs) throws Exception {
    try (JavaChild child = JavaChild.start(StoreChild.class, folder.toString(), "open")) {
      assertThat(child.line()).isEqualTo("ready");
      child.go();
      child.awaitEnd(delayMs, TimeUnit.MILLISECONDS);
      child.kill();
    }
  }

  private static int version(StateRoot root) throws Exception {
    try (var connection = DatabaseUrl.open(DatabaseUrl.reader(root.database()))) {
      OptionalInt version = Migrations.version(connection);
      return version.orElseThrow();
    }
  }
}
