package dev.castra.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeadlineTest {
  /** Time that passes only while somebody sleeps. */
  private static final class SleepingTime implements Ticker {
    private long nanos = Long.MAX_VALUE - 50_000_000;
    private final List<Long> naps = new ArrayList<>();

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public void sleep(Duration duration) {
      naps.add(duration.toMillis());
      nanos += duration.toNanos();
    }
  }

  private final SleepingTime time = new SleepingTime();

  @Test
  void pausesGrowByHalfUpToTheirLimit() throws InterruptedException {
    Deadline deadline = Deadline.after(time, Duration.ofHours(1));
    Backoff backoff = Backoff.standard();
    for (int i = 0; i < 9; i++) {
      backoff.pause(deadline);
    }

    assertThat(time.naps).containsExactly(20L, 30L, 45L, 67L, 101L, 151L, 227L, 250L, 250L);
  }

  @Test
  void theLastPauseEndsWithTheDeadline() throws InterruptedException {
    Deadline deadline = Deadline.after(time, Duration.ofMillis(60));
    Backoff backoff = Backoff.standard();
    while (!deadline.passed()) {
      backoff.pause(deadline);
    }

    assertThat(time.naps).containsExactly(20L, 30L, 10L);
    assertThat(deadline.remaining()).isZero();
    assertThat(deadline.elapsed()).isEqualTo(Duration.ofMillis(60));
  }

  @Test
  void aDeadlineKnowsWhatIsLeftAlthoughTheClockWrapsRound() {
    Deadline deadline = Deadline.after(time, Duration.ofMillis(100));
    time.sleep(Duration.ofMillis(70));

    assertThat(deadline.limit()).isEqualTo(Duration.ofMillis(100));
    assertThat(deadline.remaining()).isEqualTo(Duration.ofMillis(30));
    assertThat(deadline.capped(Duration.ofMillis(10))).isEqualTo(Duration.ofMillis(10));
    assertThat(deadline.capped(Duration.ofMillis(50))).isEqualTo(Duration.ofMillis(30));
    assertThat(deadline.passed()).isFalse();

    time.sleep(Duration.ofSeconds(9));
    assertThat(deadline.remaining()).isZero();
    assertThat(deadline.passed()).isTrue();
  }

  @Test
  void anInterruptEndsASleep() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> Ticker.system().sleep(Duration.ofSeconds(60)))
          .isInstanceOf(InterruptedException.class);
    } finally {
      assertThat(Thread.interrupted()).isFalse();
    }
  }
}
