package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.EventSink;
import dev.castra.guest.SshGuestServer;
import dev.castra.guest.SshKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C while a new key is being accepted. */
final class TrustTest {
  @TempDir Path folder;

  private final Cancellation cancellation = new Cancellation();
  private SshProject project;
  private SshGuestServer guest;

  @BeforeEach
  void open() throws IOException, InterruptedException {
    project = new SshProject(folder);
    guest = project.add("web");
    project.script("web", "true\n");
    project.up();
    guest.restartWith(SshKeys.generate("reinstalled"));
  }

  @AfterEach
  void close() {
    project.close();
  }

  @Test
  void duringTheContactItIsAnInterruptionAndNoFailureOfTheMachine() {
    guest.stop();
    cancellation.request("interrupted by SIGINT");

    CastraException refused = refusal(offer -> true);

    assertThat(refused.code()).isEqualTo(ErrorCode.INTERRUPTED);
    assertThat(refused).hasMessage("The command was interrupted by SIGINT.");
  }

  @Test
  void beforeTheAnswerItLeavesTheOldKeyWhateverTheAnswerIs()
      throws IOException, InterruptedException {
    CastraException refused =
        refusal(
            offer -> {
              cancellation.request("interrupted by SIGINT");
              return true;
            });

    assertThat(refused.code()).isEqualTo(ErrorCode.INTERRUPTED);
    assertThat(project.up().outcomes().get(0).failure()).isPresent();
  }

  private CastraException refusal(Predicate<Trust.Offer> accepts) {
    return catchThrowableOfType(
        CastraException.class,
        () ->
            new Trust(project.load(), Host.real(), cancellation)
                .run("web", SshProject.COMMAND, EventSink.NONE, accepts));
  }
}
