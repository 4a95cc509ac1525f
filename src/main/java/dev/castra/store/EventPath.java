package dev.castra.store;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A part of the events that fit a filter, in the order in which an index has them: so the first of
 * them are found without a look at the others, and so is that there are none.
 *
 * @param order columns of the index, the last of them {@code seq}
 */
record EventPath(String condition, List<String> order) {

  /**
   * One for each VM, or else for each type: together all that fit, and none twice. Names of VMs and
   * types have neither quotes nor anything else that SQL would take for its own.
   */
  static List<EventPath> of(EventFilter filter) {
    if (!filter.vms().isEmpty()) {
      String types =
          filter.types().isEmpty()
              ? ""
              : filter.types().stream().collect(Collectors.joining("','", " AND type IN ('", "')"));
      return filter.vms().stream()
          .distinct()
          .map(vm -> new EventPath("vm = '" + vm.value() + "'" + types, List.of("vm", "seq")))
          .toList();
    }
    return filter.types().isEmpty()
        ? List.of(new EventPath("TRUE", List.of("seq")))
        : filter.types().stream()
            .distinct()
            .map(type -> new EventPath("type = '" + type + "'", List.of("type", "seq")))
            .toList();
  }

  /** Query for the first {@code count} behind the number that is its parameter. */
  String after(String columns, int count) {
    return "SELECT %s FROM events WHERE %s AND seq > ? ORDER BY %s FETCH FIRST %d ROWS ONLY"
        .formatted(columns, condition, String.join(", ", order), count);
  }

  /** Query for the numbers of the last {@code count}, the newest first. */
  String newest(int count) {
    return "SELECT seq FROM events WHERE %s ORDER BY %s DESC FETCH FIRST %d ROWS ONLY"
        .formatted(condition, String.join(" DESC, ", order), count);
  }
}
