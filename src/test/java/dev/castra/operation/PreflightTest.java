package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.bootstrap.Overrides;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.JavaChild;
import dev.castra.process.Ticker;
import dev.castra.store.DiskRecord;
import dev.castra.vm.BootId;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What preflight finds out about a project whose VMs did not run when `up` looked first. */
final class PreflightTest {
  private static final BootId BOOT = BootId.fresh();

  @TempDir Path folder;
  private RecordedProject project;

  @BeforeEach
  void record() throws InterruptedException {
    project = new RecordedProject(folder);
    DiskRecord disk = project.newDisk(RecordedProject.WEB);
    project.change(
        session ->
            session
                .boots()
                .planned(
                    BOOT,
                    RecordedProject.WEB,
                    disk.id(),
                    project.root().bootFolder(RecordedProject.WEB, BOOT),
                    "tcg"));
  }

  @Test
  void aPortThatTheVmItselfHasByNowIsNoObstacle() throws Exception {
    try (JavaChild vm = listening(BOOT)) {
      useForWeb(vm.line());

      assertThat(check().vms()).hasSize(2);
    }
  }

  @Test
  void aPortThatAnythingElseHasIsOne() throws Exception {
    try (JavaChild other = listening(BootId.fresh())) {
      String port = other.line();
      useForWeb(port);

      assertThatThrownBy(this::check)
          .isInstanceOfSatisfying(
              CastraException.class,
              refused -> assertThat(refused.code()).isEqualTo(ErrorCode.PORT_TAKEN))
          .hasMessageContaining("Host port `127.0.0.1:" + port + "` of VM `web`");
    }
  }

  @Test
  void aMissingProgramHidesNoOtherProblem() {
    Up.Options options =
        new Up.Options(
            Overrides.parse(List.of("wbe=off", "db=always")),
            false,
            List.of("web", "nosuch"),
            true,
            OptionalInt.empty());
    Host bare = new Host(Map.of("PATH", folder.toString()), Clock.systemUTC(), Ticker.system());
    project.delete(folder.resolve("bootstrap/web/payload/app.env"));
    project.delete(folder.resolve("bootstrap/web/run.sh"));
    project.config("", "mode = \"always\"\n");

    assertThatThrownBy(() -> Preflight.check(project.load(), options, bare, Set.of()))
        .isInstanceOfSatisfying(
            CastraException.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.PREFLIGHT_FAILED))
        .hasMessageStartingWith("Preflight found 4 problems:")
        .hasMessageContainingAll(
            "There is no VM or role `nosuch`.",
            "`--bootstrap` names `wbe`, but there are only: web, db.",
            "`qemu-",
            "VM `web` has mode `always` but no bootstrap script.");
  }

  private Preflight.Result check() throws InterruptedException {
    return Preflight.check(project.load(), Up.Options.plain(), Host.real(), Set.of());
  }

  private void useForWeb(String port) {
    project.config("port_forwards = [{ host = " + port + ", guest = 80 }]\n", "");
  }

  private static JavaChild listening(BootId boot) throws Exception {
    return JavaChild.start(
        ListeningChild.class, "-name", "guest=castra:shop/web", "-uuid", boot.toString());
  }
}
