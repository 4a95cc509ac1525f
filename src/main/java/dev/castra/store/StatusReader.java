package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.process.ProcessIdentity;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.vm.BootId;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@code castra status} shows with plain SQL: loading jOOQ, a pool and Flyway would cost
 * several times what the queries do. Takes no claim and changes nothing.
 */
public final class StatusReader {
  private static final String VMS =
      """
      SELECT v.vm, v.role, v.cpus, v.memory_mib, v.in_config, v.driver, v.address,
             v.contacted_at, v.contact_ok,
             b.boot_id, b.directory, b.pid, b.pid_start_ticks, b.host_boot_id, b.started_at,
             b.stop_requested_at, b.ended_at, h.shaken_at,
             c.run_id AS current_run_id, c.current_step, c.current_step_started_at,
             c.started_at AS run_started_at,
             k.pid AS claim_pid, k.pid_start_ticks AS claim_start_ticks,
             k.host_boot_id AS claim_host_boot_id,
             r.run_id AS last_run_id, r.status, r.duration_ms, r.ended_at AS run_ended_at,
             r.boot_id AS run_boot_id, s.base_image_hash, s.bootstrap_artifact_hash
      FROM vms v
      LEFT JOIN boots b ON b.boot_id = v.boot_id
      LEFT JOIN handshakes h ON h.boot_id = v.boot_id
      LEFT JOIN runs c ON c.run_id = v.current_run_id
      LEFT JOIN runs r ON r.run_id = v.last_run_id
      LEFT JOIN disks d ON d.disk_id = v.disk_id
      LEFT JOIN stamps s ON s.vm = v.vm AND s.disk_id = v.disk_id
        AND s.run_id = d.last_success_run_id AND s.withdrawn_at IS NULL
      LEFT JOIN claims k ON k.vm = v.vm
      ORDER BY v.position, v.vm
      """;

  private static final String PORTS =
      "SELECT vm, guest_port, protocol, host_address, host_port FROM port_forwards"
          + " ORDER BY vm, position";

  private final StateRoot root;
  private final Ticker ticker;

  public StatusReader(StateRoot root, Ticker ticker) {
    this.root = root;
    this.ticker = ticker;
  }

  /**
   * Everything the database knows.
   *
   * @param projectName name at the last `up`
   * @param configHash hash of the castra.toml that {@code inConfig} reflects
   * @param inConfig VMs of that castra.toml in file order
   * @param others VMs that were in an earlier castra.toml
   */
  public record Snapshot(
      String projectName, Sha256 configHash, List<VmSnapshot> inConfig, List<VmSnapshot> others) {}

  /**
   * Reads a snapshot; empty if the project has no record yet.
   *
   * @throws CastraException if the database is damaged, lost its content, or is too new
   */
  public Optional<Snapshot> read() {
    return ReadTransaction.read(root, ticker, this::read).flatMap(Function.identity());
  }

  private Optional<Snapshot> read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      String name;
      Sha256 configHash;
      try (ResultSet project = statement.executeQuery("SELECT name, config_sha256 FROM projects")) {
        if (!project.next()) {
          requireUnused(connection);
          return Optional.empty();
        }
        name = project.getString(1);
        configHash = PlainQuery.read(row -> new Sha256(row.getString(2)), project);
      }
      Map<String, List<ForwardedPort>> ports = ports(statement);
      List<VmSnapshot> inConfig = new ArrayList<>();
      List<VmSnapshot> others = new ArrayList<>();
      try (ResultSet row = statement.executeQuery(VMS)) {
        while (row.next()) {
          (row.getBoolean("in_config") ? inConfig : others)
              .add(PlainQuery.read(vm -> toVm(vm, ports), row));
        }
      }
      return Optional.of(new Snapshot(name, configHash, inConfig, others));
    }
  }

  /** Both are written together; one without the other is a table that looks empty. */
  private static void requireUnused(Connection connection) throws SQLException {
    boolean used =
        PlainQuery.first(connection, row -> true, "SELECT 1 FROM invocations FETCH FIRST ROW ONLY")
            .isPresent();
    if (used) {
      throw new SQLException("it has no project", "XX001", DatabaseTrouble.CORRUPTED);
    }
  }

  private static Map<String, List<ForwardedPort>> ports(Statement statement) throws SQLException {
    Map<String, List<ForwardedPort>> ports = new HashMap<>();
    try (ResultSet row = statement.executeQuery(PORTS)) {
      while (row.next()) {
        ports
            .computeIfAbsent(row.getString(1), vm -> new ArrayList<>())
            .add(
                new ForwardedPort(
                    row.getString(4),
                    row.getInt(5),
                    row.getInt(2),
                    row.getString(3).equals("tcp")
                        ? ForwardedPort.Protocol.TCP
                        : ForwardedPort.Protocol.UDP));
      }
    }
    return ports;
  }

  private static VmSnapshot toVm(ResultSet row, Map<String, List<ForwardedPort>> ports)
      throws SQLException {
    String vm = row.getString("vm");
    return new VmSnapshot(
        new VmName(vm),
        new VmName(row.getString("role")),
        row.getInt("cpus"),
        row.getInt("memory_mib"),
        boot(row),
        currentRun(row),
        lastRun(row),
        stamp(row),
        List.copyOf(ports.getOrDefault(vm, List.of())),
        contact(row));
  }

  private static Optional<VmSnapshot.Contact> contact(ResultSet row) throws SQLException {
    return row.getString("driver").equals("ssh")
        ? Optional.of(
            new VmSnapshot.Contact(
                row.getString("address"),
                Optional.ofNullable(instant(row, "contacted_at")),
                row.getBoolean("contact_ok")))
        : Optional.empty();
  }

  static Optional<VmSnapshot.Boot> boot(ResultSet row) throws SQLException {
    UUID boot = row.getObject("boot_id", UUID.class);
    if (boot == null) {
      return Optional.empty();
    }
    return Optional.of(
        new VmSnapshot.Boot(
            new BootId(boot),
            row.getString("directory"),
            identity(row, "pid", "pid_start_ticks", "host_boot_id"),
            required(row, "started_at"),
            instant(row, "stop_requested_at") != null,
            instant(row, "ended_at") != null,
            Optional.ofNullable(instant(row, "shaken_at"))));
  }

  private static Optional<VmSnapshot.CurrentRun> currentRun(ResultSet row) throws SQLException {
    long run = row.getLong("current_run_id");
    if (row.wasNull()) {
      return Optional.empty();
    }
    return Optional.of(
        new VmSnapshot.CurrentRun(
            new RunId(run),
            Optional.ofNullable(row.getString("current_step")),
            Optional.ofNullable(instant(row, "current_step_started_at")),
            required(row, "run_started_at"),
            identity(row, "claim_pid", "claim_start_ticks", "claim_host_boot_id")));
  }

  private static Optional<VmSnapshot.LastRun> lastRun(ResultSet row) throws SQLException {
    long run = row.getLong("last_run_id");
    if (row.wasNull()) {
      return Optional.empty();
    }
    return Optional.of(
        new VmSnapshot.LastRun(
            new RunId(run),
            RunStatus.of(row.getString("status")),
            row.getLong("duration_ms"),
            required(row, "run_ended_at"),
            Optional.ofNullable(row.getObject("run_boot_id", UUID.class)).map(BootId::new)));
  }

  private static Optional<VmSnapshot.Stamp> stamp(ResultSet row) throws SQLException {
    String image = row.getString("base_image_hash");
    return image == null
        ? Optional.empty()
        : Optional.of(
            new VmSnapshot.Stamp(
                new Sha256(image), new Sha256(row.getString("bootstrap_artifact_hash"))));
  }

  static Optional<ProcessIdentity> identity(
      ResultSet row, String pidColumn, String ticksColumn, String bootColumn) throws SQLException {
    long pid = row.getLong(pidColumn);
    return row.wasNull()
        ? Optional.empty()
        : Optional.of(
            new ProcessIdentity(pid, row.getLong(ticksColumn), row.getString(bootColumn)));
  }

  static Instant required(ResultSet row, String column) throws SQLException {
    Instant instant = instant(row, column);
    if (instant == null) {
      throw new SQLException("Column " + column + " is empty.");
    }
    return instant;
  }

  static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
