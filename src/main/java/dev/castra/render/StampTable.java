package dev.castra.render;

import dev.castra.operation.StampsReport;

/** {@code castra stamps} for people. */
public final class StampTable {
  private StampTable() {}

  /** The whole text, with a final line break. */
  public static String render(StampsReport report) {
    if (report.stamps().isEmpty()) {
      return "There are no stamps: nothing was bootstrapped yet.\n";
    }
    TextTable table =
        new TextTable("VM", "STATE", "RUN", "AGE", "BASE IMAGE", "ARTIFACT", "REMARK");
    for (StampsReport.Stamp stamp : report.stamps()) {
      table.row(
          stamp.vm().value(),
          stamp.state().id(),
          stamp.run().toString(),
          Durations.brief(stamp.ageMs()),
          stamp.baseImageHash().brief(),
          stamp.artifactHash().brief(),
          remark(stamp));
    }
    return table.toString();
  }

  private static String remark(StampsReport.Stamp stamp) {
    return switch (stamp.state()) {
      case CURRENT -> "";
      case SUPERSEDED -> stamp.supersededBy().map(run -> "by run " + run).orElse("");
      case WITHDRAWN -> stamp.withdrawal().map(StampTable::withdrawn).orElse("");
      case DISK_GONE -> disk(stamp.diskState());
      case UNCERTAIN -> "a script began to change the disk and has not ended";
    };
  }

  private static String withdrawn(StampsReport.Withdrawal withdrawal) {
    String by = withdrawal.run().map(run -> "run " + run).orElse("`castra stamps rm`");
    return "by " + by + ", " + Durations.brief(withdrawal.ageMs()) + " ago";
  }

  private static String disk(String state) {
    return switch (state) {
      case "retired" -> "the disk was moved aside";
      case "removed" -> "the disk was deleted";
      case "replaced" -> "another SSH host key stands for the VM";
      default -> "the disk's file is missing";
    };
  }
}
