package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.project.Project;
import dev.castra.run.RunStatus;
import dev.castra.store.HistoryReader;
import dev.castra.store.RunFilter;
import dev.castra.vm.VmName;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Lists runs, the newest first. Takes no claim, changes nothing. */
public final class History {
  private final Project project;
  private final Host host;

  public History(Project project, Host host) {
    this.project = project;
    this.host = host;
  }

  /**
   * A question as it was typed.
   *
   * @param vm a VM or a role
   * @param status a run's status, in any case
   * @param since an age such as {@code 2d}, or ISO-8601
   * @param limit at least 1
   */
  public record Question(
      Optional<String> vm, Optional<String> status, Optional<String> since, int limit) {}

  /**
   * @throws CastraException with {@code USAGE} or {@code VM_NOT_FOUND} if the question makes no
   *     sense; with {@code DATABASE} if the database cannot be read
   */
  public HistoryReport list(Question question) {
    if (question.limit() < 1) {
      throw new CastraException(
          ErrorCode.USAGE, "`--limit` must be at least 1.", "Leave it out to see 20 runs.");
    }
    Optional<RunStatus> status = question.status().map(History::status);
    Optional<Instant> since = question.since().map(text -> Moments.parse(text, host.clock()));
    HistoryReader reader = new HistoryReader(project.stateRoot(), host.ticker());
    List<VmName> vms =
        question
            .vm()
            .map(name -> new KnownVms(project, reader.vms()).named(List.of(name)))
            .orElse(List.of());
    HistoryReader.Listing found = reader.runs(new RunFilter(vms, status, since, question.limit()));
    Instant now = host.clock().instant();
    return new HistoryReport(
        project.name(),
        project.stateRoot().path(),
        found.runs().stream().map(run -> RunEntry.of(run, now)).toList(),
        found.more());
  }

  private static RunStatus status(String text) {
    return Arrays.stream(RunStatus.values())
        .filter(status -> status.id().equals(text.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new CastraException(
                    ErrorCode.USAGE,
                    "`--status " + text + "` is no status of a run.",
                    "It is one of: "
                        + Arrays.stream(RunStatus.values())
                            .map(RunStatus::id)
                            .collect(Collectors.joining(", "))
                        + "."));
  }
}
