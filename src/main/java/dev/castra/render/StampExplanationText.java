package dev.castra.render;

import dev.castra.operation.StampExplanation;
import dev.castra.vm.Sha256;
import java.util.Set;

/** {@code castra stamps explain} for people. */
public final class StampExplanationText {
  private static final Set<String> IN_PAYLOAD = Set.of("file", "directory", "symlink");

  private StampExplanationText() {}

  /** The whole text, with a final line break. */
  public static String render(StampExplanation explanation) {
    Labelled text = new Labelled();
    text.line("VM", explanation.vm().value());
    text.line("Disk", explanation.disk().map(StampExplanationText::disk).orElse("none"));
    explanation.stamp().ifPresent(stamp -> stamp(text, stamp));
    explanation.noStampReason().ifPresent(reason -> text.line("Stamp", "none: " + reason));
    explanation
        .worker()
        .ifPresent(
            worker ->
                text.line(
                    "Worker",
                    "`%s` (pid %d, since %s)"
                        .formatted(worker.command(), worker.pid(), worker.since())));
    next(text, explanation.next());
    explanation.stamp().ifPresent(stamp -> text.block(entries(stamp)));
    return text.toString();
  }

  private static String disk(StampExplanation.Disk disk) {
    return disk.path() + (disk.state().equals("present") ? "" : " (" + disk.state() + ")");
  }

  private static void stamp(Labelled text, StampExplanation.Stamp stamp) {
    text.line(
        "Stamp",
        "artifact "
            + stamp.artifactHash().brief()
            + " on base image "
            + stamp.baseImageHash().brief());
    text.line(
        "Written by",
        "run %s (%s, %s), %s ago: %s"
            .formatted(
                stamp.run(),
                stamp.trigger(),
                Durations.brief(stamp.durationMs()),
                Durations.brief(stamp.ageMs()),
                stamp.reason()));
    stamp.logPath().ifPresent(path -> text.line("Log", path));
  }

  private static void next(Labelled text, StampExplanation.Next next) {
    text.line("Next up", next.action() + ": " + next.reason());
    next.hint().ifPresent(hint -> text.line("", hint));
    if (!next.changes().stream().allMatch(next.reason()::contains)) {
      next.changesSince().ifPresent(run -> text.line("Changes", "since run " + run + ":"));
      next.changes().forEach(change -> text.line("", "  " + change));
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
}
