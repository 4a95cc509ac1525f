package dev.castra.event;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The types of events, as JSON names them. */
public final class EventTypes {
  private EventTypes() {}

  /** By name. */
  public static List<String> all() {
    return records(CastraEvent.class).map(Class::getSimpleName).sorted().toList();
  }

  private static Stream<Class<?>> records(Class<?> kind) {
    return kind.isRecord()
        ? Stream.of(kind)
        : Arrays.stream(kind.getPermittedSubclasses()).flatMap(EventTypes::records);
  }
}
