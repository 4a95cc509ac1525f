package dev.castra.project;

import dev.castra.vm.BootstrapMode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The keys that {@code [bootstrap]} and {@code [vms.bootstrap]} share. */
record BootstrapSettings(
    Optional<BootstrapMode> mode,
    Optional<Duration> handshakeTimeout,
    Optional<Duration> applyTimeout,
    Optional<String> remoteDir,
    Map<String, String> env) {
  static final Duration HANDSHAKE_TIMEOUT = Duration.ofMinutes(5);
  static final Duration APPLY_TIMEOUT = Duration.ofHours(1);

  static BootstrapSettings read(TableReader table) {
    return new BootstrapSettings(
        table.choice("mode", BootstrapMode.NAMES, BootstrapMode::parse),
        table.seconds("handshake_timeout_secs"),
        table.seconds("apply_timeout_secs"),
        table.matching("remote_dir", RemoteDir::isValid, RemoteDir.RULE),
        EnvTable.read(table.table("env")));
  }

  /** These settings, completed from {@code defaults}; env is merged, and this one's values win. */
  BootstrapSettings or(BootstrapSettings defaults) {
    Map<String, String> merged = new TreeMap<>(defaults.env);
    merged.putAll(env);
    return new BootstrapSettings(
        mode.or(defaults::mode),
        handshakeTimeout.or(defaults::handshakeTimeout),
        applyTimeout.or(defaults::applyTimeout),
        remoteDir.or(defaults::remoteDir),
        merged);
  }
}
