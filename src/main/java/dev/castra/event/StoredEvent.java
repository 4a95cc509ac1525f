package dev.castra.event;

import dev.castra.run.RunId;
import dev.castra.vm.VmName;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An event as it was recorded, perhaps by another version of Castra.
 *
 * @param type name of its record, such as {@code BootstrapStep}
 * @param ownFields its own fields as one JSON object
 */
public record StoredEvent(
    int schemaVersion,
    long seq,
    Instant ts,
    String type,
    Optional<VmName> vm,
    Optional<RunId> run,
    String ownFields) {

  /** One line of JSON, the same that was told when it happened. */
  public String json() {
    String envelope = Json.compact(RecordedEvent.envelope(schemaVersion, seq, ts, type, vm, run));
    String own = ownFields.strip();
    return own.equals("{}")
        ? envelope
        : envelope.substring(0, envelope.length() - 1) + "," + own.substring(1);
  }

  /** Its own fields, see {@link Json#parse}. */
  public Map<String, @Nullable Object> fields() {
    return Json.parse(ownFields);
  }
}
