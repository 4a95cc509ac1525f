package dev.castra.render;

import dev.castra.operation.StampExplanation;
import dev.castra.vm.Sha256;
import java.util.List;
import java.util.Set;

/** {@code castra stamps explain} for people. */
public final class StampExplanationText {
  private static final Set<String> IN_PAYLOAD = Set.of("file", "directory", "symlink");

  private StampExplanationText() {}

  /** The whole text, with a final line break. */
  public static String render(StampExplanation explanation) {
    StringBuilder text = new StringBuilder();
    line(text, "VM", explanation.vm().value());
    line(text, "Disk", explanation.disk().map(StampExplanationText::disk).orElse("none"));
    explanation.stamp().ifPresent(stamp -> stamp(text, stamp));
    explanation.noStampReason().ifPresent(reason -> line(text, "Stamp", "none: " + reason));
    explanation
        .worker()
        .ifPresent(
            worker ->
                line(
                    text,
                    "Worker",
                    "`%s` (pid %d, since %s)"
                        .formatted(worker.command(), worker.pid(), worker.since())));
    next(text, explanation.next());
    explanation.stamp().ifPresent(stamp -> text.append('\n').append(entries(stamp)));
    return text.toString();
  }

  private static String disk(StampExplanation.Disk disk) {
    return disk.path() + (disk.state().equals("present") ? "" : " (" + disk.state() + ")");
  }

  private static void stamp(StringBuilder text, StampExplanation.Stamp stamp) {
    line(
        text,
        "Stamp",
        "artifact "
            + stamp.artifactHash().brief()
            + " on base image "
            + stamp.baseImageHash().brief());
    line(
        text,
        "Written by",
        "run %s (%s, %s), %s ago: %s"
            .formatted(
                stamp.run(),
                stamp.trigger(),
                Durations.brief(stamp.durationMs()),
                Durations.brief(stamp.ageMs()),
                stamp.reason()));
    stamp.logPath().ifPresent(path -> line(text, "Log", path));
  }

  private static void next(StringBuilder text, StampExplanation.Next next) {
    line(text, "Next up", next.action() + ": " + next.reason());
    next.hint().ifPresent(hint -> line(text, "", hint));
    if (!next.changes().stream().allMatch(next.reason()::contains)) {
      next.changesSince().ifPresent(run -> line(text, "Changes", "since run " + run + ":"));
      next.changes().forEach(change -> line(text, "", "  " + change));
    }
  }

  private static String entries(StampExplanation.Stamp stamp) {
    TextTable table = new TextTable("KIND", "MODE", "BYTES", "SHA-256", "NAME");
    for (StampExplanation.Entry entry : stamp.entries()) {
      table.row(
          entry.kind(),
          entry.mode().map("%04o"::formatted).orElse("-"),
          entry.sizeBytes().map(Object::toString).orElse("-"),
          entry.sha256().map(Sha256::brief).orElse("-"),
          (IN_PAYLOAD.contains(entry.kind()) ? "payload/" : "") + entry.name());
    }
    return table.toString();
  }

  private static void line(StringBuilder text, String label, String value) {
    List<String> lines = value.lines().toList();
    text.append(PlainLines.padded(label, 12)).append(String.join("\n" + " ".repeat(12), lines));
    text.append('\n');
  }
}
