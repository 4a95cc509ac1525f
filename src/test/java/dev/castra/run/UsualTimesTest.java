package dev.castra.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class UsualTimesTest {
  private static final UsualTimes USUAL =
      new UsualTimes(
          OptionalLong.of(7_400),
          Map.of(
              StepKind.CONNECT, step(100, 200),
              StepKind.TRANSFER, new UsualTimes.Step(3_000, OptionalLong.empty()),
              StepKind.APPLY, step(7_000, 9_000)));

  private static UsualTimes.Step step(long p50Ms, long p95Ms) {
    return new UsualTimes.Step(p50Ms, OptionalLong.of(p95Ms));
  }

  @Test
  void whatIsLeftOfARunIsWhatIsLeftOfItsStepAndAllLaterOnes() {
    assertThat(USUAL.remainingMs(StepKind.WAIT_HANDSHAKE, 60_000)).isEqualTo(10_100);
    assertThat(USUAL.remainingMs(StepKind.CONNECT, 30)).isEqualTo(10_070);
    assertThat(USUAL.remainingMs(StepKind.CONNECT, 500)).isEqualTo(10_000);
    assertThat(USUAL.remainingMs(StepKind.APPLY, 4_200)).isEqualTo(2_800);
    assertThat(USUAL.remainingMs(StepKind.VERIFY, 0)).isZero();
  }

  @Test
  void aStepIsLongerThanUsualBeyondItsPercentileAndASecondMoreThanItsMedian() {
    assertThat(USUAL.exceeded(StepKind.APPLY, 9_000)).isEmpty();
    assertThat(USUAL.exceeded(StepKind.APPLY, 9_001)).hasValue(7_000);
    assertThat(USUAL.exceeded(StepKind.CONNECT, 1_100)).isEmpty();
    assertThat(USUAL.exceeded(StepKind.CONNECT, 1_101)).hasValue(100);
    assertThat(USUAL.exceeded(StepKind.TRANSFER, 4_000)).isEmpty();
    assertThat(USUAL.exceeded(StepKind.TRANSFER, 4_001)).hasValue(3_000);
    assertThat(USUAL.exceeded(StepKind.VERIFY, 99_000)).isEmpty();
  }

  @Test
  void aStepIsSlowBeyondThreeTimesItsPercentile() {
    assertThat(USUAL.slow(StepKind.APPLY, 27_000)).isEmpty();
    assertThat(USUAL.slow(StepKind.APPLY, 27_001))
        .contains(new UsualTimes.Slow(StepKind.APPLY, 27_001, 9_000));
  }

  @Test
  void nothingIsSlowWithinASecondNorWithoutAPercentile() {
    assertThat(USUAL.slow(StepKind.CONNECT, 1_000)).isEmpty();
    assertThat(USUAL.slow(StepKind.CONNECT, 1_001)).isPresent();
    assertThat(USUAL.slow(StepKind.TRANSFER, 3_600_000)).isEmpty();
    assertThat(USUAL.slow(StepKind.VERIFY, 3_600_000)).isEmpty();
  }

  @Test
  void onlyPercentilesMakeAWatchWorthwhile() {
    assertThat(USUAL.knowsSlow()).isTrue();
    assertThat(UsualTimes.UNKNOWN.knowsSlow()).isFalse();
  }
}
