package dev.castra.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.EventExamples;
import dev.castra.event.Outcome;
import dev.castra.run.OutcomeStatus;
import dev.castra.vm.VmName;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class UpSummaryTest {
  private static Outcome failedBeforeItsRun(String error, Optional<String> log) {
    return new Outcome(
        new VmName("queue-worker-10"),
        OutcomeStatus.Failed,
        "could not be brought up",
        Optional.empty(),
        185_000,
        Optional.of(new Outcome.Failure(Optional.empty(), error, "Read its log.", log, 70)));
  }

  @Test
  void listsTheOutcomesInTheOrderGiven() {
    assertThat(
            UpSummary.render(
                List.of(
                    EventExamples.succeeded(),
                    EventExamples.untouched(OutcomeStatus.NoOp, "unchanged since run 11"),
                    EventExamples.untouched(OutcomeStatus.Skipped, "bootstrap is disabled"))))
        .isEqualTo(
            """

            VM   OUTCOME  TIME   RUN  WHY
            web  Success  6.8 s  12   the disk is new
            db   NoOp     40 ms  -    unchanged since run 11
            db   Skipped  40 ms  -    bootstrap is disabled
            """);
  }

  @Test
  void saysOfEachFailureWhereWhyWhatToDoAndWhereTheLogIs() {
    Outcome withLog =
        failedBeforeItsRun("QEMU ended at once.", Optional.of("/shop/.castra/vms/q/qemu.log"));

    assertThat(UpSummary.render(List.of(EventExamples.failed(), withLog)))
        .isEqualTo(
            """

            VM               OUTCOME  TIME        RUN  WHY
            web              Failed   6.8 s       12   the disk is new
            queue-worker-10  Failed   3 min 05 s  -    could not be brought up

            `web` failed at step `apply`: The script ended with exit status 7.
              What to do: Mend the script.
              Log: /shop/.castra/logs/bootstrap/web/12.json
              Output: /shop/.castra/logs/bootstrap/web/12.log
              Report: /shop/.castra/reports/web-run-12.tar.gz

            `queue-worker-10` failed: QEMU ended at once.
              What to do: Read its log.
              Log: /shop/.castra/vms/q/qemu.log
            """);
  }

  @Test
  void aFailureWithoutALogNamesNone() {
    assertThat(UpSummary.render(List.of(failedBeforeItsRun("Busy.", Optional.empty()))))
        .endsWith("`queue-worker-10` failed: Busy.\n  What to do: Read its log.\n");
  }

  @Test
  void whatAGuestSaysIsNotObeyedByTheTerminal() {
    assertThat(UpSummary.render(List.of(failedBeforeItsRun("one\n\u001b[2Jtwo", Optional.empty()))))
        .contains("failed: one\n\\x1b[2Jtwo\n")
        .doesNotContain("\u001b");
  }
}
