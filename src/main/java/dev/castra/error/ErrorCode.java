package dev.castra.error;

/**
 * Every kind of failure Castra reports. The id is stable and appears in JSON; the exit code follows
 * the list in {@code README.md}.
 */
public enum ErrorCode {
  USAGE("usage", 64),
  STATEMENT_INVALID("statement-invalid", 64),
  CONFIG_INVALID("config-invalid", 65),
  CONFIG_NOT_FOUND("config-not-found", 66),
  VM_NOT_FOUND("vm-not-found", 66),
  RUN_NOT_FOUND("run-not-found", 66),
  RECORD_NOT_FOUND("record-not-found", 66),
  PROGRAM_MISSING("program-missing", 69),
  PREFLIGHT_FAILED("preflight-failed", 70),
  BASE_IMAGE_INVALID("base-image-invalid", 70),
  PORT_TAKEN("port-taken", 70),
  LAUNCH_FAILED("launch-failed", 70),
  HANDSHAKE_FAILED("handshake-failed", 70),
  HOST_KEY_MISMATCH("host-key-mismatch", 70),
  GUEST_FAILED("guest-failed", 70),
  BOOTSTRAP_FAILED("bootstrap-failed", 70),
  ARTIFACT_INVALID("artifact-invalid", 70),
  SHUTDOWN_FAILED("shutdown-failed", 70),
  CANNOT_CREATE("cannot-create", 73),
  IO("io", 74),
  DATABASE("database", 74),
  DATABASE_TOO_NEW("database-too-new", 74),
  STATEMENT_TIMEOUT("statement-timeout", 74),
  BUSY("busy", 75),
  INTERRUPTED("interrupted", 130);

  private final String id;
  private final int exitCode;

  ErrorCode(String id, int exitCode) {
    this.id = id;
    this.exitCode = exitCode;
  }

  /** Stable kebab-case name, safe to match on in scripts. */
  public String id() {
    return id;
  }

  /** Process exit code, after {@code sysexits.h} where it has a fitting one. */
  public int exitCode() {
    return exitCode;
  }
}
