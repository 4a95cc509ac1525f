package dev.castra.bootstrap.step;

import dev.castra.bootstrap.StepFailure;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.guest.ConnectionLost;
import dev.castra.guest.RemoteJob;
import java.time.Duration;

/** Ends what runs in a run folder, or fails the step: nothing may go on beside it. */
final class ScriptStop {
  private static final Duration GRACE = Duration.ofSeconds(5);

  private ScriptStop() {}

  /**
   * Blocks until nothing of {@code job} runs any more.
   *
   * @param what begins the sentence that says that it cannot be stopped
   */
  static void call(RemoteJob job, String what) throws ConnectionLost, InterruptedException {
    try {
      if (job.stop(GRACE) == RemoteJob.Stop.SURVIVED) {
        throw failure(ErrorCode.GUEST_FAILED, what, "it goes on in spite of SIGKILL.");
      }
    } catch (CastraException e) {
      throw failure(e.code(), what, e.getMessage());
    }
  }

  private static StepFailure failure(ErrorCode code, String what, String why) {
    return new StepFailure(
        code,
        what + " could not be stopped: " + why,
        "End it in the guest by hand, or restart the guest, then run `castra up` again.");
  }
}
