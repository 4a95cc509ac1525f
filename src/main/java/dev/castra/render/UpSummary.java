package dev.castra.render;

import dev.castra.event.Outcome;
import java.util.List;

/** The end of an {@code up} for people: a table, and for each failure where, why and what to do. */
public final class UpSummary {
  private UpSummary() {}

  /** The whole text, with a final line break. */
  public static String render(List<Outcome> outcomes) {
    TextTable table = new TextTable("VM", "OUTCOME", "TIME", "RUN", "WHY");
    for (Outcome outcome : outcomes) {
      table.row(
          outcome.vm().value(),
          outcome.status().name(),
          Durations.brief(outcome.durationMs()),
          outcome.run().map(Object::toString).orElse("-"),
          outcome.reason());
    }
    StringBuilder text = new StringBuilder("\n").append(table);
    for (Outcome outcome : outcomes) {
      outcome.failure().ifPresent(failure -> describe(text, outcome, failure));
    }
    return Visible.text(text.toString());
  }

  private static void describe(StringBuilder text, Outcome outcome, Outcome.Failure failure) {
    String step = failure.step().map(id -> " at step `" + id + "`").orElse("");
    text.append("\n`").append(outcome.vm()).append("` failed").append(step).append(": ");
    text.append(failure.error()).append('\n');
    text.append("  What to do: ").append(failure.hint()).append('\n');
    failure.logPath().ifPresent(path -> text.append("  Log: ").append(path).append('\n'));
    failure.outputPath().ifPresent(path -> text.append("  Output: ").append(path).append('\n'));
    failure.reportPath().ifPresent(path -> text.append("  Report: ").append(path).append('\n'));
  }
}
