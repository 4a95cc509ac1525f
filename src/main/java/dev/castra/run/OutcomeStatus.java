package dev.castra.run;

/** What {@code up} reports per VM; the spelling is that of JSON and text alike. */
public enum OutcomeStatus {
  Success,
  NoOp,
  Skipped,
  Failed
}
