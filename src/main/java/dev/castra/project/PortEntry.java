package dev.castra.project;

import static dev.castra.project.Backticks.quote;

import dev.castra.vm.ForwardedPort;
import dev.castra.vm.ForwardedPort.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.tomlj.TomlPosition;

/** One {@code [[vms.port_forwards]]} as written, with the places that messages name. */
record PortEntry(ForwardedPort port, TomlPosition hostPosition, TomlPosition guestPosition) {
  static final int MAX_PORT = 65_535;

  private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})";
  private static final Pattern IPV4 =
      Pattern.compile("(?!.*(?:^|\\.)0[0-9])" + OCTET + "(?:\\." + OCTET + "){3}");

  static List<PortEntry> readAll(List<TableReader> tables) {
    List<PortEntry> entries = new ArrayList<>();
    for (TableReader table : tables) {
      Optional<PortEntry> entry = read(table);
      entry.ifPresent(found -> rejectDuplicate(table, found, entries));
      entry.ifPresent(entries::add);
    }
    return entries;
  }

  private static Optional<PortEntry> read(TableReader table) {
    int host = table.integer("host", 0, MAX_PORT).orElse(0);
    table.require("guest");
    Optional<Integer> guest = table.integer("guest", 1, MAX_PORT);
    Protocol protocol =
        table.choice("protocol", Protocol.values(), Protocol::id).orElse(Protocol.TCP);
    String address =
        table
            .matching(
                "address",
                IPV4.asMatchPredicate(),
                "it must be an IPv4 address such as `127.0.0.1`")
            .orElse(ForwardedPort.LOOPBACK);
    return guest.map(
        port ->
            new PortEntry(
                new ForwardedPort(address, host, port, protocol),
                table.position("host"),
                table.position("guest")));
  }

  private static void rejectDuplicate(TableReader table, PortEntry entry, List<PortEntry> earlier) {
    earlier.stream()
        .filter(other -> other.port.guestPort() == entry.port.guestPort())
        .filter(other -> other.port.protocol() == entry.port.protocol())
        .findFirst()
        .ifPresent(
            other ->
                table.problem(
                    "guest",
                    "Guest port "
                        + quote(entry.port.guestPort() + "/" + entry.port.protocol().id())
                        + " is already forwarded at line "
                        + other.guestPosition.line()
                        + "."));
  }
}
