package dev.castra.render;

import dev.castra.event.CastraEvent;
import dev.castra.run.OutcomeStatus;
import dev.castra.run.StepStatus;
import dev.castra.vm.ForwardedPort;
import java.util.Optional;

/** One line per event for people; empty for events that only programs need. */
final class EventText {
  private EventText() {}

  static Optional<String> of(CastraEvent event) {
    return Optional.of(Visible.line(line(event))).filter(line -> !line.isEmpty());
  }

  private static String line(CastraEvent event) {
    if (event instanceof CastraEvent.BootstrapPlanned planned) {
      return planned.action() + ": " + planned.reason();
    }
    if (event instanceof CastraEvent.BootstrapStarted started) {
      return "run " + started.runId() + " started";
    }
    if (event instanceof CastraEvent.BootstrapStep step) {
      return step(step);
    }
    if (event instanceof CastraEvent.BootstrapCompleted completed) {
      return completed(completed);
    }
    if (event instanceof CastraEvent.BootstrapFailed failed) {
      return failed.status().id() + ": " + failed.error();
    }
    if (event instanceof CastraEvent.VmFailed failed) {
      return "failed: " + failed.error();
    }
    if (event instanceof CastraEvent.Diagnostic diagnostic) {
      return diagnostic.level() + ": " + diagnostic.message();
    }
    if (event instanceof CastraEvent.VmStarted started) {
      return "vm started (pid "
          + started.pid()
          + ", "
          + started.accel()
          + ", "
          + ssh(started)
          + ")";
    }
    if (event instanceof CastraEvent.MachinePinned pinned) {
      return "pinned SSH host key " + pinned.fingerprint() + " of " + pinned.address();
    }
    if (event instanceof CastraEvent.HandshakeCompleted handshake) {
      return "guest answered after " + Durations.brief(handshake.durationMs());
    }
    if (event instanceof CastraEvent.DiskRetired retired) {
      return "warning: old disk kept at " + retired.path() + " (" + retired.reason() + ")";
    }
    return shutdownLine(event);
  }

  private static String shutdownLine(CastraEvent event) {
    if (event instanceof CastraEvent.CooperativeTimedOut timedOut) {
      return "warning: " + timedOut.reason();
    }
    if (event instanceof CastraEvent.ShutdownEscalated escalated) {
      return "warning: sent " + escalated.signal();
    }
    if (event instanceof CastraEvent.ShutdownComplete complete) {
      return "stopped (" + complete.outcome() + ", " + Durations.brief(complete.totalMs()) + ")";
    }
    return "";
  }

  private static String step(CastraEvent.BootstrapStep step) {
    String detail = step.step().detail().isEmpty() ? "" : "  " + step.step().detail();
    String status = step.step().status() == StepStatus.SUCCESS ? "ok" : step.step().status().id();
    return "%-14s %-7s %8s%s"
        .formatted(
            step.step().step().id(), status, Durations.brief(step.step().durationMs()), detail);
  }

  private static String completed(CastraEvent.BootstrapCompleted completed) {
    return completed.status() == OutcomeStatus.Success
        ? "Success in " + Durations.brief(completed.durationMs())
        : "ready";
  }

  private static String ssh(CastraEvent.VmStarted started) {
    return started.ports().stream()
        .filter(ForwardedPort::isSsh)
        .findFirst()
        .map(port -> "ssh " + port.hostAddress() + ":" + port.hostPort())
        .orElse("no ssh");
  }
}
