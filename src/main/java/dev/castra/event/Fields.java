package dev.castra.event;

import dev.castra.vm.ForwardedPort;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ordered JSON fields. */
public final class Fields {
  private Fields() {}

  /** Names and values in turn; the order is kept, values may be null. */
  public static Map<String, @Nullable Object> of(@Nullable Object... namesAndValues) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return fields;
  }

  /** The JSON form of a forwarded port, the same in events and in {@code status}. */
  public static Map<String, @Nullable Object> ofPort(ForwardedPort port) {
    return of(
        "host_address",
        port.hostAddress(),
        "host",
        port.hostPort(),
        "guest",
        port.guestPort(),
        "protocol",
        port.protocol().id());
  }
}
