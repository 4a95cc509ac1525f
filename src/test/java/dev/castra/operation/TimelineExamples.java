package dev.castra.operation;

import dev.castra.operation.TimelineReport.Bar;
import dev.castra.operation.TimelineReport.Failure;
import dev.castra.operation.TimelineReport.Lane;
import dev.castra.operation.TimelineReport.Past;
import dev.castra.operation.TimelineReport.Step;
import dev.castra.run.RunId;
import dev.castra.vm.VmName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code castra timeline} may have to draw. */
public final class TimelineExamples {
  /** What a guest may print and a page must never run. */
  public static final String HOSTILE =
      "</script><script>window.stolen=1</script><img src=x onerror=window.stolen=1>"
          + "<!--<script>\u2028'\"&amp;\u2029\u001b[31m";

  private static final Instant NOON = Instant.parse("2026-07-30T12:00:00Z");
  private static final List<String> STEPS =
      List.of("wait-handshake", "connect", "transfer", "apply", "verify");

  private TimelineExamples() {}

  /** A VM in every state, and errors that are out for mischief. */
  public static TimelineReport everyState() {
    List<Lane> lanes =
        List.of(
            lane("web-0", 131, "success", 120, 900, List.of(5_100L, 90L, 240L, 12_400L, 650L), ""),
            lane("web-1", 132, "failed", 130, 7_800, List.of(6_300L, 110L, 260L, 3_900L), HOSTILE),
            lane(
                "db",
                133,
                "interrupted",
                90,
                1_200,
                List.of(4_700L, 80L, 2_300L, 6_100L),
                "Stopped."),
            lane(
                "build-runner-with-a-long-name",
                134,
                "running",
                110,
                400,
                List.of(5_600L, 70L, 9_000L),
                ""),
            withoutRun("cache", "noop", 300, "unchanged since run 12", Optional.empty()),
            withoutRun("queue", "failed", 2_400, "", Optional.of("QEMU did not start.")),
            withoutRun("late", "waiting", 21_000, "", Optional.empty()));
    return report(lanes, past(List.of("web-0", "web-1", "db"), 18, 131), false);
  }

  /** Many VMs, each of which waits for its turn. */
  public static TimelineReport fleet(int vms) {
    List<Lane> lanes = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < vms; i++) {
      names.add("worker-" + i);
      List<Long> steps =
          List.of(
              4_000L + i * 97 % 1_700, 90L, 300L + i * 31 % 400, 9_000L + i * 613 % 5_000, 400L);
      String outcome = i % 17 == 5 ? "failed" : "success";
      lanes.add(
          lane(
              "worker-" + i,
              2_551 + i,
              outcome,
              100 + i * 7,
              i / 4 * 2_300L,
              outcome.equals("failed") ? steps.subList(0, 4) : steps,
              "The script ended with exit status 7."));
    }
    return report(lanes, past(names, 50, 2_551), true);
  }

  /** One quick run and no other. */
  public static TimelineReport single() {
    return report(
        List.of(lane("hello", 1, "success", 40, 8, List.of(117L, 377L, 71L, 113L, 3L), "")),
        past(List.of("hello"), 1, 1),
        true);
  }

  private static TimelineReport report(List<Lane> lanes, List<Past> past, boolean ended) {
    return new TimelineReport(
        "shop",
        List.of(
            new TimelineReport.Command(
                "castra up",
                "0.1.0",
                NOON,
                ended ? Optional.of(NOON.plusSeconds(24)) : Optional.empty(),
                !ended)),
        Optional.of(NOON),
        NOON.plusSeconds(21),
        lanes,
        past);
  }

  private static Lane lane(
      String vm,
      long run,
      String outcome,
      long waitedMs,
      long startingMs,
      List<Long> stepsMs,
      String error) {
    List<Bar> bars = new ArrayList<>();
    bars.add(new Bar(Bar.WAITING, "waited", 0, waitedMs, ""));
    bars.add(new Bar(Bar.STARTING, "waited", waitedMs, startingMs, ""));
    long at = waitedMs + startingMs;
    for (int i = 0; i < stepsMs.size(); i++) {
      boolean last = i == stepsMs.size() - 1;
      String status = last ? (i == 4 && run % 3 == 1 ? "skipped" : outcome) : "success";
      bars.add(new Bar(STEPS.get(i), status, at, stepsMs.get(i), last ? error : "as it should be"));
      at += stepsMs.get(i);
    }
    boolean bad = outcome.equals("failed") || outcome.equals("interrupted");
    return new Lane(
        new VmName(vm),
        Optional.of(new RunId(run)),
        outcome,
        "the disk is new",
        Optional.of(at - waitedMs),
        bad
            ? Optional.of(
                new Failure(
                    Optional.of(STEPS.get(stepsMs.size() - 1)),
                    error,
                    Optional.of("Look at the end of its output and mend the script."),
                    Optional.of("/shop/.castra/logs/bootstrap/" + vm + "/" + run + ".json")))
            : Optional.empty(),
        bars);
  }

  private static Lane withoutRun(
      String vm, String outcome, long ms, String reason, Optional<String> error) {
    String status =
        outcome.equals("noop") ? "waited" : outcome.equals("waiting") ? "running" : outcome;
    return new Lane(
        new VmName(vm),
        Optional.empty(),
        outcome,
        reason,
        Optional.empty(),
        error.map(
            text -> new Failure(Optional.empty(), text, Optional.of("Mend it."), Optional.empty())),
        List.of(new Bar(Bar.WAITING, status, 0, ms, "")));
  }

  private static List<Past> past(List<String> vms, int runs, long newest) {
    List<Past> past = new ArrayList<>();
    for (int vm = 0; vm < vms.size(); vm++) {
      for (int i = 0; i < runs; i++) {
        past.add(past(vms.get(vm), newest + vm - (long) (runs - 1 - i) * vms.size(), i, vm));
      }
    }
    return past;
  }

  private static Past past(String vm, long run, int i, int seed) {
    String status =
        (i + seed) % 9 == 4 ? "failed" : (i + seed) % 13 == 6 ? "interrupted" : "success";
    Map<String, Step> steps = new LinkedHashMap<>();
    long whole = 0;
    for (int step = 0; step < (status.equals("success") ? 5 : 4); step++) {
      long ms =
          List.of(5_000L, 90L, 250L, 11_000L, 500L).get(step)
              * (80 + (i * 37 + step * 11 + seed * 5) % 45)
              / 100;
      boolean last = step == 3 && !status.equals("success");
      steps.put(
          STEPS.get(step),
          new Step(ms, last ? "failed" : step == 4 && i % 2 == 0 ? "skipped" : "success"));
      whole += ms;
    }
    return new Past(
        new VmName(vm),
        new RunId(run),
        NOON.minus(Duration.ofHours(20L * (50 - i))),
        status,
        Optional.of(whole),
        steps);
  }
}
