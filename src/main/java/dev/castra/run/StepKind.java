package dev.castra.run;

import java.util.Arrays;

/** The steps of a run, in the order they are taken. */
public enum StepKind {
  WAIT_HANDSHAKE("wait-handshake"),
  CONNECT("connect"),
  TRANSFER("transfer"),
  APPLY("apply"),
  VERIFY("verify");

  private final String id;

  StepKind(String id) {
    this.id = id;
  }

  public String id() {
    return id;
  }

  /** True if the guest's disk is changed from this step on. */
  public boolean changesDisk() {
    return this == APPLY || this == VERIFY;
  }

  /**
   * @throws IllegalArgumentException if no step has this id
   */
  public static StepKind of(String id) {
    return Arrays.stream(values())
        .filter(kind -> kind.id.equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("No step `" + id + "`."));
  }
}
