package dev.castra.render;

import dev.castra.event.CastraEvent;
import dev.castra.event.Fields;
import dev.castra.operation.Plan;
import dev.castra.operation.StampExplanation;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code castra up --plan} for people and for programs. */
public final class PlanText {
  private PlanText() {}

  /** The whole text, with a final line break. */
  public static String render(List<Plan.Entry> plan) {
    TextTable table = new TextTable("VM", "ACTION", "MODE", "REASON");
    for (Plan.Entry entry : plan) {
      StampExplanation.Next next = entry.next();
      table.row(
          entry.vm().value(),
          next.action(),
          next.mode().orElse("-"),
          Visible.line(next.reason() + next.hint().map(hint -> " " + hint).orElse("")));
    }
    return table.toString();
  }

  /** The JSON form. */
  public static Map<String, @Nullable Object> fields(String project, List<Plan.Entry> plan) {
    return Fields.of(
        "schema_version",
        CastraEvent.SCHEMA_VERSION,
        "project",
        project,
        "vms",
        plan.stream().map(PlanText::fields).toList());
  }

  private static Map<String, @Nullable Object> fields(Plan.Entry entry) {
    Map<String, @Nullable Object> fields = Fields.of("vm", entry.vm().value());
    fields.putAll(entry.next().fields());
    return fields;
  }
}
