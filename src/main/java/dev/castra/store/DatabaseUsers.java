package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Who has the database open, for messages. */
final class DatabaseUsers {
  private static final String UNDER_WAY =
      "SELECT pid, pid_start_ticks, host_boot_id, command, started_at AS claimed_at"
          + " FROM invocations WHERE ended_at IS NULL ORDER BY started_at";

  private DatabaseUsers() {}

  /** True if a process serves the database to others. */
  static boolean isServed(StateRoot root) {
    return DatabaseServer.Announcement.read(root.databaseServer()).isPresent();
  }

  static CastraException busy(StateRoot root, Ticker ticker) {
    return new CastraException(
        ErrorCode.BUSY,
        "The database `" + root.databaseFile() + "` is in use by " + names(root, ticker) + ".",
        "Try again when it has ended.");
  }

  static CastraException older(StateRoot root, Ticker ticker) {
    return new CastraException(
        ErrorCode.BUSY,
        "The database `"
            + root.databaseFile()
            + "` is to be upgraded, and an older Castra has it open: "
            + names(root, ticker)
            + ".",
        "Try again when that has ended.");
  }

  private static String names(StateRoot root, Ticker ticker) {
    Optional<DatabaseServer.Announcement> owner =
        DatabaseServer.Announcement.read(root.databaseServer());
    if (owner.isEmpty()) {
      return "another program";
    }
    List<VmClaims.Holder> holders = underWay(root, ticker);
    return holders.isEmpty()
        ? "the castra process " + owner.get().owner().pid()
        : holders.stream().map(VmClaims.Holder::describe).collect(Collectors.joining(", "));
  }

  private static List<VmClaims.Holder> underWay(StateRoot root, Ticker ticker) {
    try (RecordSource source = ReadConnection.source(root, ticker)) {
      Connection connection = source.connection();
      return PlainQuery.all(connection, StampRows::toHolder, UNDER_WAY).stream()
          .filter(holder -> holder.process().isAlive())
          .toList();
    } catch (SQLException | CastraException goneMeanwhile) {
      return List.of();
    }
  }
}
