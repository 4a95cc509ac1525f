package dev.castra.qemu;

/** How a start went. */
public sealed interface LaunchResult {
  /** QEMU runs, detached from Castra. */
  record Launched(RunningVm vm) implements LaunchResult {}

  /** Somebody else listens on {@code hostPort}; another port may do. */
  record PortTaken(int hostPort, String detail) implements LaunchResult {}

  /** KVM was asked for and does not work; TCG may do. */
  record KvmRefused(String detail) implements LaunchResult {}

  /** QEMU did not start; {@code detail} is its last complaint. */
  record Refused(String detail) implements LaunchResult {}
}
