package dev.castra.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.EventExamples;
import dev.castra.run.StepKind;
import dev.castra.run.UsualTimes;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class ExpectationTest {
  private static final UsualTimes USUAL = EventExamples.usual();

  @Test
  void saysWhatIsLeftOfTheRun() {
    assertThat(Expectation.of(USUAL, StepKind.APPLY, 4_200)).contains("(about 3 s left)");
    assertThat(Expectation.of(USUAL, StepKind.WAIT_HANDSHAKE, 0)).contains("(about 7 s left)");
  }

  @Test
  void aRunThatGoesOnHasSomethingLeft() {
    assertThat(Expectation.of(USUAL, StepKind.APPLY, 8_900)).contains("(about 1 s left)");
    assertThat(Expectation.of(USUAL, StepKind.VERIFY, 400)).contains("(about 1 s left)");
  }

  @Test
  void longTimesHaveMinutes() {
    UsualTimes slow =
        new UsualTimes(
            OptionalLong.empty(),
            Map.of(StepKind.APPLY, new UsualTimes.Step(185_400, OptionalLong.empty())));

    assertThat(Expectation.of(slow, StepKind.APPLY, 0)).contains("(about 3 min 05 s left)");
  }

  @Test
  void aStepThatTakesLongerSaysHowLongItUsuallyTakes() {
    assertThat(Expectation.of(USUAL, StepKind.APPLY, 9_100))
        .contains("longer than usual (usually 7.0 s)");
  }

  @Test
  void whatWasNeverDoneHasNoExpectation() {
    assertThat(Expectation.of(UsualTimes.UNKNOWN, StepKind.APPLY, 9_100)).isEmpty();
  }
}
