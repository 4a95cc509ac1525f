package dev.castra.event;

import dev.castra.run.RunId;
import dev.castra.vm.VmName;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An event as the database knows it.
 *
 * @param seq position in the project's event log, from 1, without gaps
 * @param ts when it happened, UTC
 */
public record RecordedEvent(long seq, Instant ts, CastraEvent event) {
  /** One JSON object: the envelope first, then the event's own fields. */
  public Map<String, @Nullable Object> fields() {
    Map<String, @Nullable Object> fields =
        envelope(CastraEvent.SCHEMA_VERSION, seq, ts, event.type(), event.vm(), event.run());
    fields.putAll(event.fields());
    return fields;
  }

  static Map<String, @Nullable Object> envelope(
      int schemaVersion,
      long seq,
      Instant ts,
      String type,
      Optional<VmName> vm,
      Optional<RunId> run) {
    return Fields.of(
        "schema_version",
        schemaVersion,
        "seq",
        seq,
        "ts",
        ts.toString(),
        "type",
        type,
        "vm",
        vm.map(VmName::value).orElse(null),
        "run_id",
        run.map(RunId::value).orElse(null));
  }
}
