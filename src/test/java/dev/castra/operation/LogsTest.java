package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.qemu.BootFolder;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import dev.castra.run.Trigger;
import dev.castra.steplog.RunLog;
import dev.castra.store.OpenRun;
import dev.castra.store.VmClaims;
import dev.castra.vm.BootId;
import dev.castra.vm.VmName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class LogsTest {
  private static final VmName WEB = RecordedProject.WEB;
  private static final VmName DB = RecordedProject.DB;

  @TempDir Path folder;
  private RecordedProject project;
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

  @BeforeEach
  void write() throws InterruptedException {
    project = new RecordedProject(folder);
    project.newDisk(WEB);
    project.newDisk(DB);
  }

  @Test
  void theNewestRunIsShownUnlessAnotherIsNamed() throws Exception {
    RunId first = run(WEB, "from the first run");
    run(WEB, "from the second run");

    assertThat(logs("web")).contains("from the second run").doesNotContain("from the first run");
    assertThat(logs(question("", first, "", Logs.Kind.RUN, false)))
        .contains("from the first run")
        .contains("castra: apply success after 1 ms");
  }

  @Test
  void onlyAStepsPartIsShownIfItIsNamed() throws Exception {
    run(WEB, "said by the script");

    assertThat(logs(question("web", null, "apply", Logs.Kind.RUN, false)).lines())
        .hasSize(3)
        .element(1)
        .asString()
        .endsWith(" said by the script");
    assertThat(logs(question("web", null, "verify", Logs.Kind.RUN, false)))
        .isEqualTo("(run 1 of VM web has not come to step `verify`)");
  }

  @Test
  void severalVmsAreToldApartAndThoseWithoutARunAreLeftOut() throws Exception {
    run(WEB, "of web");
    assertThat(logs("").lines()).allMatch(line -> line.startsWith("web> "));

    run(DB, "of db");

    assertThat(logs("")).containsSubsequence("web> ", " of web", "db> ", " of db");
    assertThat(logs("db")).doesNotContain("> ");
  }

  @Test
  void aFollowerSeesARunToItsEnd() throws Exception {
    FutureTask<String> follower =
        new FutureTask<>(() -> logs(question("web", null, "", Logs.Kind.RUN, true)));
    project.change(
        session -> {
          try (VmClaims.Claim claim = session.claims().tryClaim(WEB).orElseThrow();
              LoggedRun run = open(session, WEB)) {
            claim.announce();
            print(run, "one\n");
            Thread thread = new Thread(follower, "follower");
            thread.setDaemon(true);
            thread.start();
            awaitShown("one");
            print(run, "two\n");
            awaitShown("two");
            assertThat(follower.isDone()).isFalse();
            print(run, "three");
            run.completed(RunStatus.SUCCESS, 5);
          }
        });

    RunId run = new RunId(1);
    assertThat(follower.get(60, TimeUnit.SECONDS))
        .isEqualTo(Files.readString(RunLog.textFile(project.root().bootstrapLogs(WEB), run)))
        .endsWith(" three");
  }

  @Test
  void aFollowerEndsWhenTheStepThatItWantsHasEnded() throws Exception {
    FutureTask<String> follower =
        new FutureTask<>(() -> logs(question("web", null, "connect", Logs.Kind.RUN, true)));
    project.change(
        session -> {
          try (VmClaims.Claim claim = session.claims().tryClaim(WEB).orElseThrow();
              LoggedRun run = open(session, WEB)) {
            claim.announce();
            step(run, StepKind.CONNECT, "");
            follower.run();
          }
        });

    assertThat(follower.get(1, TimeUnit.SECONDS).lines()).hasSize(2);
  }

  @Test
  void aFollowerOfARunThatIsLeftBehindEndsAndSaysSo() throws Exception {
    project.change(session -> open(session, WEB).close());

    assertThat(logs(question("web", null, "", Logs.Kind.RUN, true)))
        .endsWith("(run 1 of VM web has no end: the castra that carried it out is gone)");
  }

  @Test
  void aFollowerEndsWhenItsRunIsForgotten() throws Exception {
    project.change(
        session -> {
          try (VmClaims.Claim claim = session.claims().tryClaim(WEB).orElseThrow();
              LoggedRun run = open(session, WEB)) {
            claim.announce();
            print(run, "one\n");
            OutputStream slow =
                new Shown(Optional.empty()) {
                  @Override
                  public void flush() {
                    // All is over before the follower comes to ask for it.
                    session.history().delete(List.of(run.id()));
                  }
                };
            Logs logs = new Logs(project.load(), Host.real());

            assertThat(logs.show(question("web", null, "", Logs.Kind.RUN, true), vm -> slow))
                .isEmpty();
          }
        });

    assertThat(shownText()).endsWith(" one\n");
  }

  @Test
  void whoeverStopsReadingEndsTheFollower() throws Exception {
    run(WEB, "of web");
    Logs logs = new Logs(project.load(), Host.real());
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };

    assertThat(logs.show(question("web", null, "", Logs.Kind.RUN, true), vm -> broken)).isEmpty();
  }

  @Test
  void theSerialConsoleAndQemusErrorsAreThoseOfTheNewestBoot() throws Exception {
    boot("old console", "old error");
    BootId second = boot("new console", "new error");
    assertThat(second).isNotNull();

    assertThat(logs(question("web", null, "", Logs.Kind.SERIAL, false))).isEqualTo("new console");
    assertThat(logs(question("web", null, "", Logs.Kind.QEMU, false))).isEqualTo("new error");
    // Its process is none, so that there is nothing to follow.
    assertThat(logs(question("web", null, "", Logs.Kind.SERIAL, true))).isEqualTo("new console");
  }

  @Test
  void theBootOfAnOlderRunIsFound() throws Exception {
    BootId first = boot("old console", "old error");
    RunId run =
        project.during(
            session -> {
              OpenRun open = project.start(session, WEB, Trigger.AUTO);
              open.boundTo(first);
              open.completed(RunStatus.SUCCESS, 5);
              return open.id();
            });
    boot("new console", "new error");

    assertThat(logs(question("", run, "", Logs.Kind.SERIAL, false))).isEqualTo("old console");
  }

  @Test
  void aLogThatIsGoneIsSaidToBe() throws Exception {
    RunId run = run(WEB, "of web");
    project.delete(RunLog.textFile(project.root().bootstrapLogs(WEB), run));

    assertThat(logs("web")).isEqualTo("(the log of run 1 of VM web is gone)");
  }

  @Test
  void aQuestionThatMakesNoSenseIsAnsweredWithWhatWould() throws Exception {
    assertRefused(question("web", null, "", Logs.Kind.RUN, true), ErrorCode.RUN_NOT_FOUND, "up");
    RunId run = run(WEB, "of web");

    assertRefused(
        question("db", run, "", Logs.Kind.RUN, false),
        ErrorCode.RUN_NOT_FOUND,
        "`castra history db`");
    assertRefused(
        question("", new RunId(9), "", Logs.Kind.RUN, false),
        ErrorCode.RUN_NOT_FOUND,
        "`castra history`");
    assertRefused(
        question("web", null, "boot", Logs.Kind.RUN, false), ErrorCode.USAGE, "wait-handshake");
    assertRefused(
        question("web", null, "apply", Logs.Kind.SERIAL, false), ErrorCode.USAGE, "--serial");
    assertRefused(
        question("web", null, "", Logs.Kind.SERIAL, false),
        ErrorCode.RUN_NOT_FOUND,
        "driver `ssh`");
    assertRefused(
        question("nowhere", null, "", Logs.Kind.RUN, false), ErrorCode.VM_NOT_FOUND, "web, db");
  }

  private RunId run(VmName vm, String said) throws InterruptedException {
    return project.during(
        session -> {
          try (LoggedRun run = open(session, vm)) {
            step(run, StepKind.TRANSFER, "");
            step(run, StepKind.APPLY, said + "\n");
            run.completed(RunStatus.SUCCESS, 5);
            return run.id();
          }
        });
  }

  private LoggedRun open(ProjectSession session, VmName vm) throws InterruptedException {
    OpenRun record = project.start(session, vm, Trigger.AUTO);
    var disk = session.disks().present(vm).orElseThrow();
    RunFacts facts =
        new RunFacts(
            record.id(),
            vm,
            Trigger.AUTO,
            "because",
            disk.baseImageHash(),
            disk.baseImageHash(),
            Instant.now());
    return LoggedRun.open(session, record, facts);
  }

  private static void step(LoggedRun run, StepKind step, String said) {
    run.stepStarted(step);
    print(run, said);
    run.stepEnded(new StepRecord(step, StepStatus.SUCCESS, Instant.now(), 1, ""));
  }

  private static void print(LoggedRun run, String text) {
    try {
      run.output().write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private BootId boot(String console, String error) throws Exception {
    BootId boot = BootId.fresh();
    BootFolder files = new BootFolder(project.root().bootFolder(WEB, boot));
    Files.createDirectories(files.path());
    Files.writeString(files.serialLog(), console);
    Files.writeString(files.qemuLog(), error);
    project.change(
        session -> {
          var disk = session.disks().present(WEB).orElseThrow();
          session.boots().planned(boot, WEB, disk.id(), files.path(), "tcg");
          session.boots().ended(boot, "over");
        });
    return boot;
  }

  private void awaitShown(String text) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!shownText().contains(text)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("`" + text + "` is not shown, only: " + shownText());
      }
      Thread.sleep(5);
    }
  }

  private String shownText() {
    synchronized (shown) {
      return shown.toString(StandardCharsets.UTF_8);
    }
  }

  private String logs(String vm) throws InterruptedException {
    return logs(question(vm, null, "", Logs.Kind.RUN, false));
  }

  /** What is shown, with the remarks in brackets behind it. */
  private String logs(Logs.Question question) throws InterruptedException {
    synchronized (shown) {
      shown.reset();
    }
    List<String> remarks =
        new Logs(project.load(), Host.real()).show(question, vm -> new Shown(vm));
    return shownText() + (remarks.isEmpty() ? "" : "(" + String.join(", ", remarks) + ")");
  }

  private class Shown extends OutputStream {
    private final String label;
    private boolean atStart = true;

    Shown(Optional<VmName> vm) {
      label = vm.map(name -> name + "> ").orElse("");
    }

    @Override
    public void write(int b) throws IOException {
      synchronized (shown) {
        if (atStart) {
          shown.write(label.getBytes(StandardCharsets.UTF_8));
        }
        shown.write(b);
        atStart = b == '\n';
      }
    }
  }

  private static Logs.Question question(
      String vm,
      @org.jspecify.annotations.Nullable RunId run,
      String step,
      Logs.Kind kind,
      boolean follow) {
    return new Logs.Question(
        Optional.of(vm).filter(name -> !name.isEmpty()),
        Optional.ofNullable(run).map(RunId::value),
        Optional.of(step).filter(name -> !name.isEmpty()),
        kind,
        follow);
  }

  private void assertRefused(Logs.Question question, ErrorCode code, String hint) {
    assertThatThrownBy(() -> logs(question))
        .isInstanceOfSatisfying(
            CastraException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(code);
              assertThat(refusal.hint()).contains(hint);
            });
  }
}
