package dev.castra.event;

/**
 * Receives events after they are in the database, in order, from one thread at a time. Best effort:
 * what a sink throws is reported once and changes nothing.
 */
public interface EventSink {
  void accept(RecordedEvent event);

  /** Ignores everything. */
  EventSink NONE = event -> {};
}
