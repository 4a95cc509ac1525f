package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.event.RecordedEvent;
import dev.castra.process.JavaChild;
import dev.castra.run.RunId;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WithdrawStampTest {
  private static final VmName WEB = RecordedProject.WEB;

  @TempDir Path folder;
  private final List<RecordedEvent> told = new CopyOnWriteArrayList<>();
  private RecordedProject project;

  @BeforeEach
  void write() {
    project = new RecordedProject(folder);
  }

  @Test
  void theNextUpBootstrapsTheVmAgain() throws InterruptedException {
    RunId run = bootstrapped();
    StampsReport.Stamp before = project.stamps().stamps().get(0);

    CastraEvent.StampWithdrawn withdrawn = withdraw("web").orElseThrow();

    assertThat(withdrawn)
        .isEqualTo(
            new CastraEvent.StampWithdrawn(
                WEB, run, before.baseImageHash(), before.artifactHash()));
    assertThat(told).extracting(RecordedEvent::event).containsExactly(withdrawn);
    assertThat(project.decide(WEB).action()).isEqualTo("run");
    assertThat(project.decide(RecordedProject.DB).action()).isEqualTo("run");
  }

  @Test
  void theOtherVmsStampStays() throws InterruptedException {
    bootstrapped();
    project.newDisk(RecordedProject.DB);
    project.succeed(RecordedProject.DB);

    withdraw("web");

    assertThat(project.decide(RecordedProject.DB).action()).isEqualTo("noop");
  }

  @Test
  void aVmWithoutAStampIsNoFailureAndNoEvent() throws InterruptedException {
    bootstrapped();
    withdraw("web");
    told.clear();

    assertThat(withdraw("web")).isEmpty();
    assertThat(withdraw("db")).isEmpty();
    assertThat(told).isEmpty();
  }

  @Test
  void aVmThatWasNeverUpHasNoStampAndNothingIsMade() throws InterruptedException {
    assertThat(withdraw("web")).isEmpty();
    assertThat(folder.resolve(".castra")).doesNotExist();
  }

  @Test
  void theStampOfAVmThatLeftTheConfigurationCanBeTakenBackToo() throws InterruptedException {
    RunId run = bootstrapped();
    project.file("castra.toml", RecordedProject.vm("db"));

    assertThat(withdraw("web").map(CastraEvent.StampWithdrawn::runId)).contains(run);
  }

  @Test
  void anUnknownVmIsRefused() throws InterruptedException {
    bootstrapped();

    assertThat(refusal("mail").code()).isEqualTo(ErrorCode.VM_NOT_FOUND);
    assertThat(refusal("mail").hint()).contains("web, db");
  }

  @Test
  void aVmThatAnotherCastraWorksOnIsRefusedByNameAndKeepsItsStamp() throws Exception {
    bootstrapped();
    try (JavaChild other =
        JavaChild.start(
            ClaimingChild.class, folder.resolve("castra.toml").toString(), WEB.value())) {
      assertThat(other.line()).isEqualTo("claimed");

      CastraException refused = refusal("web");

      assertThat(refused.code()).isEqualTo(ErrorCode.BUSY);
      assertThat(refused)
          .hasMessageContaining("VM `web` is being worked on by `castra up web` (pid ")
          .hasMessageContaining("pid " + other.pid() + ", since ");
      assertThat(project.stamps().stamps().get(0).state()).isEqualTo(StampState.CURRENT);

      other.kill();
      assertThat(withdraw("web")).isPresent();
    }
  }

  private CastraException refusal(String vm) {
    return catchThrowableOfType(CastraException.class, () -> withdraw(vm));
  }

  private Optional<CastraEvent.StampWithdrawn> withdraw(String vm) throws InterruptedException {
    return new WithdrawStamp(project.load(), Host.real())
        .run(vm, new CommandLineInfo("castra stamps rm " + vm, "test"), told::add);
  }

  private RunId bootstrapped() throws InterruptedException {
    project.newDisk(WEB);
    return project.succeed(WEB);
  }
}
