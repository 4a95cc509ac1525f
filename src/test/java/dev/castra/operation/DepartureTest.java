package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.bootstrap.Overrides;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.event.EventSink;
import dev.castra.event.Outcome;
import dev.castra.event.RecordedEvent;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.process.ProcessIdentity;
import dev.castra.process.Ticker;
import dev.castra.run.OutcomeStatus;
import dev.castra.store.DiskRecord;
import dev.castra.store.VmClaims;
import dev.castra.vm.BootId;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** VMs whose process, here a shell, another castra stops or starts while this one looks at them. */
final class DepartureTest {
  private static final VmName WEB = RecordedProject.WEB;
  private static final CommandLineInfo DOWN = new CommandLineInfo("castra down", "test");
  private static final CommandLineInfo BOOTSTRAP = new CommandLineInfo("castra bootstrap", "test");

  @TempDir Path folder;
  private final BootId boot = BootId.fresh();
  private final List<RecordedEvent> events = new CopyOnWriteArrayList<>();
  private final Cancellation cancellation = new Cancellation();
  private RecordedProject project;
  private Process vm;

  @BeforeEach
  void run() throws IOException, InterruptedException {
    project = new RecordedProject(folder);
    project.file(
        "castra.toml",
        "[lifecycle]\ngraceful_shutdown_wait_secs = 1\n" + RecordedProject.vm("web"));
    DiskRecord disk = project.newDisk(WEB);
    Path directory = Files.createDirectories(project.root().bootFolder(WEB, boot));
    vm = new ProcessBuilder("sh", "-c", "read line", "-uuid", boot.toString()).start();
    project.change(session -> session.boots().planned(boot, WEB, disk.id(), directory, "tcg"));
  }

  @AfterEach
  void end() throws InterruptedException {
    vm.destroyForcibly().waitFor();
  }

  /** The start has been recorded, and the guest has answered. */
  private void started() throws IOException, InterruptedException {
    Files.writeString(project.root().bootFolder(WEB, boot).resolve("qemu.pid"), vm.pid() + "\n");
    ProcessIdentity process = ProcessIdentity.of(vm.pid()).orElseThrow();
    project.change(
        session -> {
          session.boots().started(boot, WEB, process, "tcg", List.of());
          session.boots().shaken(boot, WEB, Duration.ofSeconds(1), 1);
        });
  }

  @Test
  void aVmThatIsBeingStoppedIsWaitedForAndNotCalledReady() throws Exception {
    started();
    try (ProjectSession down = stopping()) {
      FutureTask<Outcome> up = start(false);
      await("word of the other castra", () -> !remarks("waiting").isEmpty());
      assertThat(remarks("waiting"))
          .singleElement()
          .asString()
          .startsWith("waiting for `castra down` (pid " + ProcessHandle.current().pid() + ", since")
          .endsWith(") to stop the VM");
      assertThat(up.isDone()).isFalse();
      end();
      down.boots().ended(boot, "castra down");

      assertThat(up.get().failure().orElseThrow().error()).isEqualTo("VM `web` is not running.");
      assertThat(down.boots().latest(WEB).orElseThrow().ended()).isTrue();
    }
  }

  @Test
  void whoMustNotWaitIsToldWhoStopsTheVm() throws Exception {
    started();
    try (ProjectSession down = stopping()) {
      Outcome outcome = start(true).get();

      Outcome.Failure failure = outcome.failure().orElseThrow();
      assertThat(failure.error()).startsWith("VM `web` is being worked on by `castra down` (pid ");
      assertThat(failure.exitCode()).isEqualTo(ErrorCode.BUSY.exitCode());
      assertThat(down.boots().latest(WEB).orElseThrow().stopRequestedAt()).isPresent();
    }
  }

  @Test
  void aWishThatNobodyPursuesLapses() throws Exception {
    started();
    project.change(session -> session.boots().stopRequested(boot));

    assertThat(start(false).get().status()).isEqualTo(OutcomeStatus.Skipped);
    assertThat(vm.isAlive()).isTrue();
    assertThat(project.during(session -> session.boots().latest(WEB)).orElseThrow())
        .satisfies(now -> assertThat(now.stopRequestedAt()).isEmpty())
        .satisfies(now -> assertThat(now.ended()).isFalse());
    events.clear();
    assertThat(start(false).get().status()).isEqualTo(OutcomeStatus.Skipped);
    assertThat(remarks("waiting")).isEmpty();
  }

  /** An orphaned start can take a minute to become a process that can be reached. */
  @Test
  void whoWaitsForAnOrphanedStartSaysItsNameFirst() throws Exception {
    try (ProjectSession other =
        ProjectSession.begin(project.load(), Host.real(), DOWN, EventSink.NONE)) {
      FutureTask<Outcome> up = start(false);
      await("a name", () -> other.claims().holder(WEB).isPresent());

      assertThat(other.claims().holder(WEB).map(VmClaims.Holder::command))
          .contains(BOOTSTRAP.text());
      end();
      assertThat(up.get().failure().orElseThrow().error()).isEqualTo("VM `web` is not running.");
    }
  }

  @Test
  void downLeavesWithTheFirstSignal() throws Exception {
    started();
    EventSink interrupting =
        event -> {
          if (event.event() instanceof CastraEvent.CooperativeAttempted) {
            cancellation.request("interrupted by SIGTERM");
          }
        };

    assertThatThrownBy(
            () ->
                new Down(project.load(), Host.real(), cancellation)
                    .run(List.of(), DOWN, interrupting))
        .isInstanceOfSatisfying(
            CastraException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED))
        .hasMessage("The command was interrupted by SIGTERM.");
    assertThat(vm.isAlive()).isTrue();
    Optional<VmClaims.Holder> stopper =
        project.during(session -> session.claims().stopper(WEB, Instant.EPOCH));
    assertThat(stopper).isEmpty();
  }

  /** Another castra that has begun to stop the VM. */
  private ProjectSession stopping() {
    ProjectSession down = ProjectSession.begin(project.load(), Host.real(), DOWN, EventSink.NONE);
    down.boots().stopRequested(boot);
    down.events().publish(new CastraEvent.ShutdownRequested(WEB, vm.pid()));
    return down;
  }

  private FutureTask<Outcome> start(boolean noWait) {
    Up.Options options =
        new Up.Options(
            Overrides.parse(List.of("disabled")), noWait, List.of(), false, OptionalInt.empty());
    Up up = new Up(project.load(), Host.real(), options, cancellation);
    FutureTask<Outcome> task =
        new FutureTask<>(() -> up.run(BOOTSTRAP, events::add).outcomes().get(0));
    Thread thread = new Thread(task, "bootstrap");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private List<String> remarks(String code) {
    return events.stream()
        .map(RecordedEvent::event)
        .filter(CastraEvent.Diagnostic.class::isInstance)
        .map(CastraEvent.Diagnostic.class::cast)
        .filter(remark -> remark.code().equals(code))
        .map(CastraEvent.Diagnostic::message)
        .toList();
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
