package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.CastraEvent;
import dev.castra.event.Json;
import dev.castra.event.RecordedEvent;
import dev.castra.run.RunId;
import dev.castra.vm.Sha256;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StampStoreTest {
  @TempDir Path folder;
  private OpenProject project;
  private StampStore stamps;

  @BeforeEach
  void openWithADisk() {
    project = OpenProject.in(folder);
    project.newDisk(OpenProject.WEB);
    stamps = new StampStore(project.database, project.events);
  }

  @AfterEach
  void close() {
    project.close();
  }

  @Test
  void theStampAndItsEventAreWithdrawnTogether() {
    RunId run = project.succeed(OpenProject.WEB, OpenProject.A).id();

    CastraEvent withdrawn = stamps.withdraw(OpenProject.WEB).orElseThrow();

    assertThat(counting(OpenProject.A.hash())).isEmpty();
    assertThat(project.column("SELECT withdrawn_by_run_id FROM stamps")).containsExactly("null");
    RecordedEvent last = project.delivered.get(project.delivered.size() - 1);
    assertThat(last.event()).isEqualTo(withdrawn);
    assertThat(
            project
                .fetch("SELECT seq, type, vm, run_id, fields FROM events ORDER BY seq DESC LIMIT 1")
                .map(row -> List.of(row.get(0), row.get(1), row.get(2), row.get(3), row.get(4))))
        .containsExactly(
            List.of(
                last.seq(),
                "StampWithdrawn",
                "web",
                run.value(),
                Json.compact(withdrawn.fields())));
  }

  @Test
  void onlyTheStampThatCountsIsWithdrawn() {
    project.newDisk(OpenProject.DB);
    project.succeed(OpenProject.DB, OpenProject.B);
    project.succeed(OpenProject.WEB, OpenProject.A);
    project.succeed(OpenProject.WEB, OpenProject.B);

    stamps.withdraw(OpenProject.WEB);

    assertThat(
            project.column(
                "SELECT vm || ' ' || run_id FROM stamps WHERE withdrawn_at IS NULL ORDER BY vm"))
        .containsExactly("db 1", "web 2");
    assertThat(stamps.withdraw(OpenProject.WEB)).isEmpty();
  }

  @Test
  void theStampOfAnEarlierDiskIsNotTouched() {
    project.succeed(OpenProject.WEB, OpenProject.A);
    project.disks.retired(project.present(OpenProject.WEB), "base image changed");
    assertThat(stamps.withdraw(OpenProject.WEB)).isEmpty();
    project.newDisk(OpenProject.WEB);

    assertThat(stamps.withdraw(OpenProject.WEB)).isEmpty();
    assertThat(project.column("SELECT withdrawn_at FROM stamps")).containsExactly("null");
  }

  @Test
  void aWithdrawnStampCountsAgainAfterTheNextSuccess() {
    project.succeed(OpenProject.WEB, OpenProject.A);
    stamps.withdraw(OpenProject.WEB);

    RunId again = project.succeed(OpenProject.WEB, OpenProject.A).id();

    assertThat(counting(OpenProject.A.hash())).contains(again);
  }

  private Optional<RunId> counting(Sha256 artifact) {
    return project.runs.facts(project.present(OpenProject.WEB), Optional.of(artifact)).stampRun();
  }
}
