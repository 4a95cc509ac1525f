package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.EventTypes;
import dev.castra.event.StoredEvent;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.project.Project;
import dev.castra.store.EventFilter;
import dev.castra.store.EventReader;
import dev.castra.store.HistoryReader;
import dev.castra.store.RecordWatch;
import dev.castra.vm.VmName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Tells the event log from a place in it on. Takes no claim, changes nothing. */
public final class Events {
  /** How many events are told if no beginning is named. */
  public static final int NEWEST = 50;

  private static final Duration QUICKEST = Duration.ofMillis(100);
  private static final Duration SLOWEST = Duration.ofSeconds(1);

  private final Project project;
  private final Host host;

  public Events(Project project, Host host) {
    this.project = project;
    this.host = host;
  }

  /**
   * A question as it was typed.
   *
   * @param since number of the last event already known, an age such as {@code 2d}, or ISO-8601
   * @param vms VMs and roles; empty for all
   * @param types in any case; empty for all
   * @param follow whether to go on with what happens from now on
   */
  public record Question(
      Optional<String> since, List<String> vms, List<String> types, boolean follow) {
    public Question {
      vms = List.copyOf(vms);
      types = List.copyOf(types);
    }
  }

  /**
   * Hands the events over in pieces of bounded size, in order, none twice and none left out,
   * whoever has the database meanwhile. With {@code follow} it returns only once {@code listener}
   * has had enough.
   *
   * @param listener returns false if it wants no more
   * @throws CastraException with {@code USAGE} or {@code VM_NOT_FOUND} if the question makes no
   *     sense; with {@code DATABASE} if the database cannot be read
   * @throws InterruptedException if the thread is interrupted while it waits for events
   */
  public void tell(Question question, Predicate<List<StoredEvent>> listener)
      throws InterruptedException {
    EventReader reader = new EventReader(project.stateRoot(), host.ticker());
    EventFilter filter =
        new EventFilter(vms(question.vms()), question.types().stream().map(Events::type).toList());
    RecordWatch watch = new RecordWatch(project.stateRoot());
    watch.mayHaveChanged();
    long last = begin(question, reader, filter);
    Backoff backoff = backoff();
    while (true) {
      EventReader.Piece piece = reader.after(last, filter);
      last = piece.next();
      if (!piece.events().isEmpty()) {
        backoff = backoff();
        if (!listener.test(piece.events())) {
          return;
        }
      }
      if (piece.complete()) {
        if (!question.follow()) {
          return;
        }
        await(watch, backoff);
      }
    }
  }

  private static Backoff backoff() {
    return new Backoff(QUICKEST, SLOWEST);
  }

  private void await(RecordWatch watch, Backoff backoff) throws InterruptedException {
    do {
      backoff.pause(Deadline.after(host.ticker(), SLOWEST));
    } while (!watch.mayHaveChanged());
  }

  private List<VmName> vms(List<String> names) {
    if (names.isEmpty()) {
      return List.of();
    }
    HistoryReader reader = new HistoryReader(project.stateRoot(), host.ticker());
    return new KnownVms(project, reader.vms()).named(names);
  }

  private static String type(String text) {
    return EventTypes.all().stream()
        .filter(type -> type.equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(
            () ->
                new CastraException(
                    ErrorCode.USAGE,
                    "`--type " + text + "` is no type of event.",
                    "It is one of: " + String.join(", ", EventTypes.all()) + "."));
  }

  private long begin(Question question, EventReader reader, EventFilter filter) {
    if (question.since().isEmpty()) {
      return reader.beforeNewest(NEWEST, filter);
    }
    String since = question.since().get();
    return since.matches("\\d{1,18}")
        ? Long.parseLong(since)
        : reader.before(Moments.parse(since, host.clock()));
  }
}
