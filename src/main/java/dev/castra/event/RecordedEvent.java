package dev.castra.event;

import dev.castra.run.RunId;
import dev.castra.vm.VmName;
import java.time.Instant;
import java.util.Map;
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
        Fields.of(
            "schema_version",
            CastraEvent.SCHEMA_VERSION,
            "seq",
            seq,
            "ts",
            ts.toString(),
            "type",
            event.type(),
            "vm",
            event.vm().map(VmName::value).orElse(null),
            "run_id",
            event.run().map(RunId::value).orElse(null));
    fields.putAll(event.fields());
    return fields;
  }
}
