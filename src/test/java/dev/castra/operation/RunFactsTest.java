package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.bootstrap.RunFailure;
import dev.castra.error.ErrorCode;
import dev.castra.guest.Console;
import dev.castra.guest.FailureClass;
import dev.castra.guest.HandshakeResult.NotShaken;
import dev.castra.guest.SshEndpoint;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.Trigger;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RunFactsTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
  private static final Sha256 HASH = Sha256.of(new byte[0]);

  @Test
  void aHandshakeThatFailedLeavesItsClassAndTheLastWordsOfTheConsole() {
    NotShaken unanswered =
        new NotShaken(
            new SshEndpoint("127.0.0.1", 40701, "root"),
            FailureClass.NO_BANNER,
            "connected, but no SSH server spoke within 1.0 s",
            9,
            Duration.ofSeconds(12),
            ErrorCode.HANDSHAKE_FAILED,
            Optional.of(new Console.Finding("kernel-panic", "It panicked.", "Mend it.", true)),
            List.of("[    2.0] Kernel panic - not syncing: Oops", "Rebooting in 10 seconds.."));

    assertThat(fields(Optional.of(unanswered)))
        .containsEntry("failure_class", "no-banner")
        .containsEntry("serial_finding", "kernel-panic")
        .containsEntry(
            "serial_tail",
            List.of("[    2.0] Kernel panic - not syncing: Oops", "Rebooting in 10 seconds.."));
  }

  @Test
  void otherFailuresHaveTheFieldsToo() {
    assertThat(fields(Optional.empty()))
        .containsEntry("failure_class", null)
        .containsEntry("serial_finding", null)
        .containsEntry("serial_tail", null);
  }

  private static Map<String, @Nullable Object> fields(Optional<NotShaken> unanswered) {
    RunFailure failure =
        new RunFailure(
            Optional.of(StepKind.WAIT_HANDSHAKE),
            ErrorCode.HANDSHAKE_FAILED,
            "No answer.",
            "Look.",
            unanswered);
    return new RunFacts(new RunId(7), new VmName("web"), Trigger.AUTO, "new", HASH, HASH, START)
        .fields(
            RunStatus.FAILED, START, 12_000, List.of(), Optional.of(failure), "/logs/web/7.log");
  }
}
