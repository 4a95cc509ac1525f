package dev.castra.operation;

import dev.castra.event.CastraEvent;
import dev.castra.event.Fields;
import dev.castra.vm.Sha256;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code castra history diff} answers about two runs.
 *
 * @param foreign whether both machines are not Castra's
 * @param changes entries that their artifacts do not have alike
 * @param steps those that either of them came to, in order
 */
public record RunDiff(
    RunEntry left, RunEntry right, boolean foreign, List<Change> changes, List<Step> steps) {
  public RunDiff {
    changes = List.copyOf(changes);
    steps = List.copyOf(steps);
  }

  /**
   * An entry of the artifacts; empty on the side that does not have it.
   *
   * @param kind {@code script}, {@code file}, {@code directory}, {@code symlink}, {@code env} or
   *     {@code setting}
   */
  public record Change(String kind, String name, Optional<Side> left, Optional<Side> right) {
    /** {@code added} on the right, {@code removed} from it, or {@code changed}. */
    public String what() {
      if (left.isEmpty()) {
        return "added";
      }
      return right.isEmpty() ? "removed" : "changed";
    }
  }

  /**
   * An entry as one of the runs had it.
   *
   * @param mode permission bits; empty where there are none
   * @param sizeBytes length of the content; empty where that is nobody's business
   * @param sha256 empty for env entries, whose values are secrets
   */
  public record Side(Optional<Integer> mode, Optional<Long> sizeBytes, Optional<Sha256> sha256) {}

  /** A step as the runs took it; empty on the side that did not come to it. */
  public record Step(String step, Optional<Taken> left, Optional<Taken> right) {}

  /** How a step ended. */
  public record Taken(String status, long durationMs) {}

  /** The JSON form. */
  public Map<String, @Nullable Object> fields() {
    return Fields.of(
        "schema_version",
        CastraEvent.SCHEMA_VERSION,
        "left",
        left.fields(),
        "right",
        right.fields(),
        "changes",
        changes.stream().map(RunDiff::fields).toList(),
        "steps",
        steps.stream().map(RunDiff::fields).toList());
  }

  private static Map<String, @Nullable Object> fields(Change change) {
    return Fields.of(
        "change",
        change.what(),
        "kind",
        change.kind(),
        "name",
        change.name(),
        "left",
        change.left().map(RunDiff::fields).orElse(null),
        "right",
        change.right().map(RunDiff::fields).orElse(null));
  }

  private static Map<String, @Nullable Object> fields(Side side) {
    return Fields.of(
        "mode",
        side.mode().map("%04o"::formatted).orElse(null),
        "size_bytes",
        side.sizeBytes().orElse(null),
        "sha256",
        side.sha256().map(Sha256::hex).orElse(null));
  }

  private static Map<String, @Nullable Object> fields(Step step) {
    return Fields.of(
        "step",
        step.step(),
        "left",
        step.left().map(RunDiff::fields).orElse(null),
        "right",
        step.right().map(RunDiff::fields).orElse(null));
  }

  private static Map<String, @Nullable Object> fields(Taken taken) {
    return Fields.of("status", taken.status(), "duration_ms", taken.durationMs());
  }
}
