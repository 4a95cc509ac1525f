package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.JavaChild;
import dev.castra.store.DiskRecord;
import dev.castra.vm.BootId;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A VM's host port that is taken when preflight asks, though the VM did not run before. */
final class FixedPortTest {
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
  void isNoObstacleIfTheVmItselfHasIt() throws Exception {
    try (JavaChild vm = listening(BOOT)) {
      useForWeb(vm.line());

      assertThat(check().vms()).hasSize(2);
    }
  }

  @Test
  void isAnObstacleIfAnythingElseHasIt() throws Exception {
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

  /** What ran when `up` looked first, which is nothing. */
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
