package dev.castra.render;

import dev.castra.event.CastraEvent;
import dev.castra.event.StoredEvent;
import dev.castra.operation.Down;
import dev.castra.run.OutcomeStatus;
import dev.castra.run.RunId;
import dev.castra.run.StepStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One line per event for people; empty for events that only programs need. Made of the JSON fields,
 * so that what is told now and what was recorded, perhaps by another Castra, read the same.
 */
final class EventText {
  private final Map<String, ? extends @Nullable Object> fields;

  private EventText(Map<String, ? extends @Nullable Object> fields) {
    this.fields = fields;
  }

  static Optional<String> of(CastraEvent event) {
    return of(event.type(), event.run(), event.fields());
  }

  static Optional<String> of(StoredEvent event) {
    return of(event.type(), event.run(), event.fields());
  }

  private static Optional<String> of(
      String type, Optional<RunId> run, Map<String, ? extends @Nullable Object> fields) {
    return Optional.of(Visible.line(new EventText(fields).line(type, run)))
        .filter(line -> !line.isEmpty());
  }

  private String line(String type, Optional<RunId> run) {
    return switch (type) {
      case "BootstrapPlanned" -> text("action") + ": " + text("reason");
      case "BootstrapStarted" ->
          "run " + run.map(RunId::toString).orElse("?") + " started" + usually();
      case "BootstrapStep" -> step();
      case "BootstrapCompleted" ->
          text("status").equals(OutcomeStatus.Success.name())
              ? "Success in " + time("duration_ms")
              : "ready";
      case "BootstrapFailed" -> text("status") + ": " + text("error");
      case "VmFailed" -> "failed: " + text("error");
      case "Diagnostic" -> text("level") + ": " + text("message");
      case "VmStarted" ->
          "vm started (pid " + text("pid") + ", " + text("accel") + ", " + ssh() + ")";
      case "MachinePinned" ->
          "pinned SSH host key " + text("fingerprint") + " of " + text("address");
      case "HandshakeCompleted" -> "guest answered after " + time("duration_ms");
      case "DiskRetired" ->
          "warning: old disk kept at " + text("path") + " (" + text("reason") + ")";
      case "CooperativeTimedOut" -> "warning: " + text("reason");
      case "ShutdownEscalated" -> "warning: sent " + text("signal");
      case "ShutdownComplete" -> stopped();
      default -> "";
    };
  }

  private String stopped() {
    return switch (text("outcome")) {
      case Down.ALREADY_STOPPED -> "already stopped";
      case Down.LEFT_ALONE -> "left alone: the machine is not Castra's";
      default -> "stopped (" + text("outcome") + ", " + time("total_ms") + ")";
    };
  }

  private String usually() {
    String field = "usual_duration_ms";
    return text(field).isEmpty() ? "" : " (usually " + time(field) + ")";
  }

  private String step() {
    String detail = text("detail").isEmpty() ? "" : "  " + text("detail");
    String status = text("status");
    return "%-14s %-7s %8s%s"
        .formatted(
            text("step"),
            status.equals(StepStatus.SUCCESS.id()) ? "ok" : status,
            time("duration_ms"),
            detail);
  }

  private String ssh() {
    if (fields.get("ports") instanceof List<?> ports) {
      for (Object port : ports) {
        if (port instanceof Map<?, ?> of
            && String.valueOf(of.get("guest")).equals("22")
            && "tcp".equals(of.get("protocol"))) {
          return "ssh " + of.get("host_address") + ":" + of.get("host");
        }
      }
    }
    return "no ssh";
  }

  private String text(String field) {
    Object value = fields.get(field);
    return value == null ? "" : value.toString();
  }

  private String time(String field) {
    return fields.get(field) instanceof Number number ? Durations.brief(number.longValue()) : "?";
  }
}
