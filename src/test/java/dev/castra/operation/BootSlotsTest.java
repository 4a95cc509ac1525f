package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.bootstrap.Surroundings;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many VMs boot at once, on a clock that moves only while somebody waits. */
final class BootSlotsTest {
  private static final Wishes NONE = new Wishes(Optional.empty(), Optional.empty());

  private final ManualTime time = new ManualTime();
  private final BootSlots slots = new BootSlots(2, time);

  /** What the user and other castras want of a VM. */
  private record Wishes(Optional<String> cancelled, Optional<String> stopRequest)
      implements Surroundings {
    @Override
    public Optional<String> deathNotice() {
      return Optional.empty();
    }
  }

  /** How long a VM waits for its turn. */
  private Duration waiting() throws InterruptedException {
    long start = time.nanos();
    slots.take(NONE);
    return Duration.ofNanos(time.nanos() - start);
  }

  @Test
  void noMoreBootAtOnceThanAllowed() throws InterruptedException {
    assertThat(waiting()).isZero();
    assertThat(waiting()).isZero();
    assertThat(waiting()).isPositive();
  }

  @Test
  void whoeverHasAnsweredMakesRoomOnce() throws InterruptedException {
    BootSlots.Slot first = slots.take(NONE);
    slots.take(NONE);
    first.close();
    first.close();

    assertThat(waiting()).isZero();
    assertThat(waiting()).isPositive();
  }

  @Test
  void aVmThatHangsDelaysNobodyForLongerThanAMinute() throws InterruptedException {
    slots.take(NONE);
    slots.take(NONE);

    assertThat(waiting()).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(61));
    assertThat(waiting()).as("both hang").isZero();
  }

  @Test
  void aUserWhoWantsToStopIsNotWaitedFor() throws InterruptedException {
    Wishes wishes = new Wishes(Optional.of("interrupted by SIGINT"), Optional.empty());

    assertRefused(wishes, "The start was interrupted by SIGINT.");
    slots.take(NONE);
    slots.take(NONE);
    assertRefused(wishes, "The start was interrupted by SIGINT.");
  }

  @Test
  void aVmThatSomebodyStopsLeavesTheQueue() throws InterruptedException {
    slots.take(NONE);
    slots.take(NONE);

    assertRefused(
        new Wishes(Optional.empty(), Optional.of("interrupted: another castra stopped VM `web`")),
        "The start was interrupted: another castra stopped VM `web`.");
  }

  private void assertRefused(Wishes wishes, String message) {
    assertThatThrownBy(() -> slots.take(wishes))
        .isInstanceOfSatisfying(
            CastraException.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INTERRUPTED))
        .hasMessage(message);
  }

  @Test
  void usuallyTwoPerCoreBootUnlessTheyDoNotFitInMemory(@TempDir Path folder)
      throws InterruptedException {
    RecordedProject project = new RecordedProject(folder);
    project.config("memory = \"128 MiB\"\n", "");
    VmPlan small = project.plan(RecordedProject.WEB);
    project.config("memory = \"1000000 MiB\"\n", "");
    VmPlan huge = project.plan(RecordedProject.WEB);

    assertThat(BootSlots.usual(List.of(small)))
        .isEqualTo(2 * Runtime.getRuntime().availableProcessors());
    assertThat(BootSlots.usual(List.of(small, huge))).isEqualTo(1);
    assertThat(BootSlots.usual(List.of())).isPositive();
  }
}
