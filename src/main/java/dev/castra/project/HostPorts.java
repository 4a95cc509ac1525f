package dev.castra.project;

import static dev.castra.project.Backticks.quote;

import dev.castra.vm.ForwardedPort;
import java.util.ArrayList;
import java.util.List;

/** Keeps fixed host ports apart, after they were counted up for the replicas of an entry. */
final class HostPorts {
  private static final String EVERY_ADDRESS = "0.0.0.0";

  /** The host ports that one forward takes, one per replica. */
  private record Range(VmEntry entry, PortEntry written) {
    int first() {
      return written.port().hostPort();
    }

    int last() {
      return first() + entry.replicas() - 1;
    }

    /** Name of the VM that gets the port. */
    String vmOf(int port) {
      return entry.vmName(port - first());
    }

    boolean overlaps(Range other) {
      return first() <= other.last()
          && other.first() <= last()
          && written.port().protocol() == other.written.port().protocol()
          && shareAddress(written.port(), other.written.port());
    }

    private static boolean shareAddress(ForwardedPort one, ForwardedPort other) {
      return one.hostAddress().equals(other.hostAddress())
          || one.hostAddress().equals(EVERY_ADDRESS)
          || other.hostAddress().equals(EVERY_ADDRESS);
    }
  }

  private HostPorts() {}

  static void check(List<VmEntry> entries, ConfigProblems problems) {
    List<Range> earlier = new ArrayList<>();
    for (Range range : fixedRanges(entries)) {
      rejectTooHigh(range, problems);
      earlier.stream()
          .filter(range::overlaps)
          .findFirst()
          .ifPresent(other -> rejectOverlap(range, other, problems));
      earlier.add(range);
    }
  }

  private static List<Range> fixedRanges(List<VmEntry> entries) {
    return entries.stream()
        .flatMap(entry -> entry.ports().stream().map(port -> new Range(entry, port)))
        .filter(range -> range.first() != 0)
        .toList();
  }

  private static void rejectTooHigh(Range range, ConfigProblems problems) {
    if (range.last() > PortEntry.MAX_PORT) {
      problems.add(
          range.written.hostPosition(),
          "`host` is `%d`; counted up for `count = %d` it passes 65535."
              .formatted(range.first(), range.entry.replicas()));
    }
  }

  private static void rejectOverlap(Range range, Range other, ConfigProblems problems) {
    int port = Math.max(range.first(), other.first());
    String name = port + "/" + range.written.port().protocol().id();
    problems.add(
        range.written.hostPosition(),
        "Host port %s of %s is already taken by %s at line %d."
            .formatted(
                quote(name),
                quote(range.vmOf(port)),
                quote(other.vmOf(port)),
                other.written.hostPosition().line()));
  }
}
