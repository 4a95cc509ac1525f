package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.bootstrap.Overrides;
import dev.castra.event.EventSink;
import dev.castra.event.Outcome;
import dev.castra.process.Ticker;
import dev.castra.project.Project;
import dev.castra.store.BootRecord;
import dev.castra.store.DiskRecord;
import dev.castra.store.StatusReader;
import dev.castra.store.VmClaims;
import dev.castra.vm.VmState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A copy of a whole project, made while the original's VM, here a shell, runs. */
final class CopiedProjectTest {
  private static final CommandLineInfo COMMAND = new CommandLineInfo("castra test", "test");

  @TempDir Path folder;
  private RecordedProject original;
  private RecordedProject copy;
  private DiskRecord disk;
  private MarkedProcess qemu;

  @BeforeEach
  void copyWhileTheVmRuns() throws IOException, InterruptedException {
    original = new RecordedProject(folder.resolve("shop"));
    disk = original.newDisk(RecordedProject.WEB);
    original.succeed(RecordedProject.WEB, 1);
    qemu = new MarkedProcess();
    Path boot = Files.createDirectories(original.root().bootFolder(RecordedProject.WEB, qemu.boot));
    Files.writeString(boot.resolve("qemu.pid"), qemu.identity.pid() + "\n");
    original.change(
        session -> {
          session.boots().planned(qemu.boot, RecordedProject.WEB, disk.id(), boot, "tcg");
          session.boots().started(qemu.boot, RecordedProject.WEB, qemu.identity, "tcg", List.of());
          session.boots().shaken(qemu.boot, RecordedProject.WEB, Duration.ofSeconds(1), 1);
        });
    copyAll(folder.resolve("shop"), folder.resolve("shop2"));
    copy = new RecordedProject(folder.resolve("shop2"));
  }

  private static void copyAll(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  @AfterEach
  void theOriginalIsUntouched() throws InterruptedException {
    try (MarkedProcess running = qemu) {
      assertThat(running.identity.isAlive()).isTrue();
      assertThat(disk.path()).exists();
      assertThat(state(original)).isEqualTo(VmState.RUNNING);
    }
  }

  @Test
  void statusDoesNotTakeTheVmForItsOwn() {
    assertThat(state(copy)).isEqualTo(VmState.STOPPED);
  }

  @Test
  void upMakesItsOwnMachineAndLeavesTheOther() throws InterruptedException {
    Project project = copy.load();
    Cancellation cancellation = new Cancellation();
    Preflight.Result checked = Preflight.check(project, Up.Options.plain(), Host.real(), Set.of());

    copy.change(
        session -> {
          try (UpContext context =
                  UpContext.open(session, checked, Up.Options.plain(), cancellation);
              VmClaims.Claim claim = session.claims().tryClaim(RecordedProject.WEB).orElseThrow()) {
            OwnMachines machines = new OwnMachines(context, context.plans().get(0));
            Machine machine = machines.provide(machines.look(claim));

            assertThat(machine.boots()).isTrue();
            assertThat(machine.disk().path())
                .isEqualTo(copy.root().disk(RecordedProject.WEB, machine.disk().id()));
          }
          assertThat(session.boots().latest(RecordedProject.WEB))
              .map(BootRecord::ended)
              .hasValue(true);
        });
  }

  @Test
  void bootstrapFindsNoVm() throws InterruptedException {
    Up.Options options =
        new Up.Options(
            Overrides.parse(List.of()), false, List.of("web"), false, OptionalInt.empty());

    Outcome outcome =
        new Up(copy.load(), Host.real(), options, new Cancellation())
            .run(COMMAND, EventSink.NONE)
            .outcomes()
            .get(0);

    assertThat(outcome.failure().orElseThrow().error()).isEqualTo("VM `web` is not running.");
    assertThat(outcome.failure().orElseThrow().logPath()).isEmpty();
  }

  @Test
  void downFindsNothingToStop() throws InterruptedException {
    List<Down.Result> results =
        new Down(copy.load(), Host.real(), new Cancellation())
            .run(List.of("web"), COMMAND, EventSink.NONE);

    assertThat(results).extracting(Down.Result::outcome).containsExactly(Down.ALREADY_STOPPED);
  }

  @Test
  void destroyStopsNothing() throws InterruptedException {
    List<Path> deleted =
        new Destroy(copy.load(), Host.real(), new Cancellation())
            .run(List.of("web"), COMMAND, EventSink.NONE);

    assertThat(deleted).isEmpty();
    assertThat(copy.<Boolean>during(session -> session.disks().present(disk.vm()).isPresent()))
        .isFalse();
  }

  /** The old name is a link now: the VM that it leads to is the project's still. */
  @Test
  void aProjectWithTwoNamesKeepsItsVm() throws IOException, InterruptedException {
    Files.move(folder.resolve("shop"), folder.resolve("moved"));
    Files.createSymbolicLink(folder.resolve("shop"), Path.of("moved"));
    RecordedProject moved = new RecordedProject(folder.resolve("moved"));

    assertThat(state(moved)).isEqualTo(VmState.RUNNING);
    moved.change(
        session -> {
          try (VmClaims.Claim claim =
              session.claims().tryClaim(RecordedProject.WEB).orElseThrow()) {
            assertThat(new Boots(session, Optional.empty()).find(RecordedProject.WEB, claim))
                .isPresent();
          }
        });
  }

  private static VmState state(RecordedProject project) {
    StatusReader.Snapshot snapshot =
        new StatusReader(project.root(), Ticker.system()).read().orElseThrow();
    return new Status(project.root(), Clock.systemUTC()).of(snapshot).vms().get(0).state();
  }
}
