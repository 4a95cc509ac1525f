package dev.castra.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.CastraEvent;
import dev.castra.event.EventExamples;
import dev.castra.process.Deadline;
import dev.castra.process.ManualTime;
import dev.castra.process.Ticker;
import dev.castra.run.OutcomeStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepStatus;
import dev.castra.run.Trigger;
import dev.castra.vm.VmName;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class LiveLinesTest {
  private static final CastraEvent STARTED =
      new CastraEvent.VmStarted(EventExamples.WEB, 4711, "tcg", List.of());

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  /** Buffers as the process's own stream does: what is read between two flushes is whole. */
  private final PrintStream out =
      new PrintStream(new BufferedOutputStream(written, 1 << 16), false, StandardCharsets.UTF_8);

  private final ManualTime time = new ManualTime();
  private LiveLines live = new LiveLines(out, 6, false, time::nanos);

  @AfterEach
  void close() {
    live.close();
  }

  private void tell(CastraEvent... events) {
    for (CastraEvent event : events) {
      live.accept(EventExamples.recorded(event));
    }
  }

  private List<String> screen() {
    return screen(80);
  }

  private List<String> screen(int columns) {
    return Screen.after(written.toString(StandardCharsets.UTF_8), columns).lines();
  }

  private static CastraEvent step(StepKind kind, StepStatus status) {
    return EventExamples.step(kind, status, 10, "");
  }

  private static CastraEvent planned(String vm, String reason) {
    return new CastraEvent.BootstrapPlanned(new VmName(vm), "run", "auto", reason);
  }

  private static CastraEvent skipped(String vm) {
    return new CastraEvent.BootstrapCompleted(
        new VmName(vm),
        Optional.empty(),
        OutcomeStatus.Skipped,
        Optional.empty(),
        Optional.empty(),
        "off",
        1,
        Optional.empty());
  }

  private void assertLive(String step) {
    assertThat(screen())
        .hasSize(2)
        .last()
        .asString()
        .matches("web     " + step + "  \\d+(\\.\\d)? m?s");
  }

  @Test
  void aVmHasOneLineThatFollowsItsSteps() {
    tell(EventExamples.planned("run", "the disk is new"));
    assertLive("preparing \\(the disk is new\\)");
    tell(STARTED);
    assertLive("wait-handshake");
    tell(step(StepKind.WAIT_HANDSHAKE, StepStatus.SUCCESS));
    assertLive("connect");
    tell(step(StepKind.CONNECT, StepStatus.SUCCESS), step(StepKind.TRANSFER, StepStatus.SUCCESS));
    assertLive("apply");
    tell(step(StepKind.APPLY, StepStatus.SUCCESS));
    assertLive("verify");
    tell(step(StepKind.VERIFY, StepStatus.SKIPPED));
    assertLive("finishing");
  }

  @Test
  void afterAFailedStepNoNextOneIsAnnounced() {
    tell(EventExamples.planned("run", "the disk is new"), step(StepKind.APPLY, StepStatus.FAILED));
    assertLive("finishing");
  }

  @Test
  void onlyWhatIsWorthKeepingStaysAfterTheEnd() {
    tell(EventExamples.planned("run", "the disk is new"), STARTED);
    tell(step(StepKind.WAIT_HANDSHAKE, StepStatus.SUCCESS), EventExamples.success());

    assertThat(screen())
        .containsExactly("web     run: the disk is new", "web     Success in 6.8 s");
  }

  @Test
  void remarksScrollAwayAboveTheLiveLines() {
    tell(EventExamples.planned("run", "the disk is new"), STARTED);
    tell(new CastraEvent.Diagnostic(Optional.empty(), "warning", "x", "KVM is not usable"));

    assertThat(screen()).hasSize(3);
    assertThat(screen().subList(0, 2))
        .containsExactly("web     run: the disk is new", "castra  warning: KVM is not usable");
    assertThat(screen().get(2)).startsWith("web     wait-handshake  ");
  }

  @Test
  void aVmHasALineFromTheStartAlsoWhileItWaits() {
    tell(new CastraEvent.UpStarted("shop", List.of(EventExamples.WEB, EventExamples.DB)));
    assertThat(screen()).hasSize(2);
    assertThat(screen().get(0)).startsWith("web     preparing  ");
    tell(
        new CastraEvent.Diagnostic(
            Optional.of(EventExamples.DB), "info", "waiting", "waiting for `castra down`"));
    assertThat(screen()).hasSize(3);
    assertThat(screen().get(2)).startsWith("db      waiting  ");
  }

  @Test
  void aRunLikeThoseBeforeSaysHowLongItWillTake() {
    tell(EventExamples.planned("run", "new"));
    tell(EventExamples.started(Trigger.AUTO, "new", Optional.of(EventExamples.usual())), STARTED);
    assertThat(screen()).last().isEqualTo("web     wait-handshake  0 ms  (about 7 s left)");

    tell(step(StepKind.TRANSFER, StepStatus.SUCCESS));
    time.pass(Duration.ofMillis(4_200));
    tell(remark());
    assertThat(screen()).last().isEqualTo("web     apply  4.2 s  (about 3 s left)");

    time.pass(Duration.ofMillis(5_000));
    tell(remark());
    assertThat(screen())
        .last()
        .isEqualTo("web     apply  9.2 s  longer than usual (usually 7.0 s)");

    tell(EventExamples.success(), EventExamples.planned("run", "forced"), STARTED);
    assertThat(screen()).last().isEqualTo("web     wait-handshake  0 ms");
  }

  private static CastraEvent remark() {
    return new CastraEvent.Diagnostic(Optional.empty(), "info", "remark", "hello");
  }

  @Test
  void aVmThatIsStoppedHasALineUntilItIs() {
    CastraEvent requested = new CastraEvent.ShutdownRequested(EventExamples.WEB, 4711);
    tell(requested);
    assertThat(screen()).singleElement().asString().startsWith("web     stopping  ");
    tell(new CastraEvent.ShutdownComplete(EventExamples.WEB, "graceful", 2_100));
    tell(new CastraEvent.ShutdownComplete(EventExamples.DB, "left-alone", 0));
    assertThat(screen())
        .containsExactly(
            "web     stopped (graceful, 2.1 s)", "db      left alone: the machine is not Castra's");
  }

  @Test
  void linesWiderThanTheTerminalAreCutAndLeaveNothingBehind() {
    String reason = "`payload/" + "n".repeat(200) + "` added since run 12";
    tell(planned("web", reason), planned("db", reason), STARTED, skipped("db"), skipped("web"));

    assertThat(String.join("", screen(20)))
        .matches(".*n{200}` added since run ?12.*n{200}` added since run ?12.*")
        .doesNotContain("preparing", "wait-handshake");
    assertThat(screen(20)).endsWith("db      ready", "web     ready");
  }

  @Test
  void moreVmsThanFitAreCounted() {
    IntStream.range(0, 20).forEach(i -> tell(planned("vm-" + i, "new")));
    assertThat(screen()).hasSize(20 + 17).last().isEqualTo("... and 4 more");
    IntStream.range(0, 20).forEach(i -> tell(skipped("vm-" + i)));
    assertThat(screen()).hasSize(40).last().isEqualTo("vm-19   ready");
  }

  @Test
  void theElapsedTimeIsRedrawnWhileNothingHappens() throws InterruptedException {
    tell(STARTED);
    int before = written.size();
    Deadline deadline = Deadline.after(Ticker.system(), Duration.ofSeconds(20));
    while (written.size() == before && !deadline.passed()) {
      Ticker.system().sleep(Duration.ofMillis(20));
    }

    assertThat(written.size()).isGreaterThan(before);
    assertThat(screen()).singleElement().asString().startsWith("web     wait-handshake  ");
  }

  @Test
  void closingRemovesTheLiveLinesAndMayBeRepeated() {
    tell(EventExamples.planned("run", "the disk is new"), STARTED);
    live.close();
    live.close();
    out.println("the end");
    out.flush();

    assertThat(screen()).containsExactly("web     run: the disk is new", "the end");
  }

  @Test
  void endsAreColouredOnlyWhereColourIsWelcome() {
    tell(EventExamples.success(), EventExamples.failure());
    assertThat(Screen.after(written.toString(StandardCharsets.UTF_8), 80).colours()).isEmpty();

    live.close();
    written.reset();
    live = new LiveLines(out, 6, true, time::nanos);
    tell(EventExamples.planned("run", "new"), EventExamples.success(), EventExamples.failure());
    assertThat(Screen.after(written.toString(StandardCharsets.UTF_8), 80).colours())
        .containsExactly("32", "0", "31", "0");
  }

  @Test
  void whatGuestsSayIsNeverObeyed() {
    tell(planned("web", "\u001b[2J\u001b[5A"));
    tell(
        new CastraEvent.VmFailed(
            EventExamples.WEB, "\u001b[2Jgone\nsecond", "", Optional.empty(), Optional.empty()));

    assertThat(screen())
        .containsExactly("web     run: \\x1b[2J\\x1b[5A", "web     failed: \\x1b[2Jgone second");
  }

  @Test
  void eventsOfManyThreadsLeaveOneLineEach() {
    IntStream.range(0, 100)
        .parallel()
        .forEach(i -> tell(planned("vm-" + i, "new"), skipped("vm-" + i)));

    assertThat(screen()).hasSize(200).allMatch(line -> line.matches("vm-\\d+ +(run: new|ready)"));
    assertThat(screen()).doesNotHaveDuplicates();
  }
}
