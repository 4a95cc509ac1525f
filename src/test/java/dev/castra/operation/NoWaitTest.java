package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.bootstrap.Overrides;
import dev.castra.event.CastraEvent;
import dev.castra.event.EventSink;
import dev.castra.event.Outcome;
import dev.castra.event.RecordedEvent;
import dev.castra.guest.SshGuestServer;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.process.JavaChild;
import dev.castra.process.Ticker;
import dev.castra.run.OutcomeStatus;
import dev.castra.store.VmClaims;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --no-wait} needs to know of whoever works on the VM. */
final class NoWaitTest {
  private static final VmName WEB = new VmName("web");
  private static final Up.Options NO_WAIT =
      new Up.Options(Overrides.parse(List.of()), true, List.of(), true, OptionalInt.empty());

  @TempDir Path folder;

  private SshProject project;
  private SshGuestServer guest;

  @BeforeEach
  void open() throws IOException {
    project = new SshProject(folder);
    guest = project.add("web");
    project.script("web", "true\n");
  }

  @AfterEach
  void close() {
    project.close();
  }

  @Test
  void anUpSaysWhoItIsBeforeItsFirstContactWithAMachine() throws Exception {
    guest.stop();
    FutureTask<Up.Result> up = new FutureTask<>(() -> project.up());
    Thread thread = new Thread(up, "first-contact");
    thread.setDaemon(true);
    thread.start();
    // Before that it may look at the database read-only, and H2 shares that within a process.
    await("its start", this::hasStarted);

    try (ProjectSession other =
        ProjectSession.begin(project.load(), Host.real(), SshProject.COMMAND, EventSink.NONE)) {
      await("a name", () -> other.claims().holder(WEB).isPresent());
      assertThat(other.claims().holder(WEB).map(VmClaims.Holder::command))
          .contains(SshProject.COMMAND.text());
    }
    assertThat(project.told(CastraEvent.BootstrapPlanned.class, "web"))
        .as("the reason, before the machine has ever answered")
        .extracting(CastraEvent.BootstrapPlanned::reason)
        .containsExactly("the machine is new");
    guest.start();

    assertThat(up.get().outcomes()).extracting(Outcome::status).containsOnly(OutcomeStatus.Success);
  }

  @Test
  void aHolderThatOnlyLooksIsGivenAMoment() throws Exception {
    project.up();
    try (JavaChild other =
        JavaChild.start(
            ClaimingChild.class, folder.resolve("castra.toml").toString(), "web", "silently")) {
      assertThat(other.line()).isEqualTo("claimed");
      Host host = new Host(System.getenv(), Clock.systemUTC(), new LeavingTicker(other));

      Up.Result result =
          new Up(project.load(), host, NO_WAIT, project.cancellation)
              .run(SshProject.COMMAND, EventSink.NONE);

      assertThat(result.outcomes()).extracting(Outcome::status).containsOnly(OutcomeStatus.NoOp);
    }
  }

  private boolean hasStarted() {
    return project.events.stream()
        .map(RecordedEvent::event)
        .anyMatch(CastraEvent.UpStarted.class::isInstance);
  }

  /** The other castra leaves when the VM's worker, which has found it there, sleeps. */
  private record LeavingTicker(JavaChild other) implements Ticker {
    @Override
    public long nanos() {
      return System.nanoTime();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
      if (Thread.currentThread().getName().equals("castra-up-web")) {
        try {
          other.leave();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      Ticker.system().sleep(duration);
    }
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    Deadline deadline = Deadline.after(Ticker.system(), Duration.ofSeconds(30));
    Backoff backoff = Backoff.standard();
    while (!condition.getAsBoolean()) {
      assertThat(deadline.passed()).as("no %s", what).isFalse();
      backoff.pause(deadline);
    }
  }
}
