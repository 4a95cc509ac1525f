package dev.castra.operation;

import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import dev.castra.run.Trigger;
import dev.castra.store.OpenRun;
import dev.castra.vm.BootId;
import java.nio.file.Path;
import java.time.Duration;

/** A project folder whose record holds runs of every kind, for those who ask about it. */
public final class RecordedHistory {
  private RecordedHistory() {}

  /** Of `web`: a success, one with another payload, a failure, a forced success; of `db`: one. */
  public static void in(Path folder) throws InterruptedException {
    RecordedProject project = new RecordedProject(folder);
    project.newDisk(RecordedProject.WEB);
    project.newDisk(RecordedProject.DB);
    project.change(session -> boot(session, project));
    succeed(project, 4_000);
    project.file("bootstrap/web/payload/app.env", "COLOUR=blue\n");
    succeed(project, 6_000);
    project.fail(RecordedProject.WEB, Trigger.ALWAYS, StepKind.APPLY);
    succeed(project, 5_000);
    project.succeed(RecordedProject.DB);
  }

  private static void boot(ProjectSession session, RecordedProject project) {
    BootId boot = BootId.fresh();
    session
        .boots()
        .planned(
            boot,
            RecordedProject.WEB,
            session.disks().present(RecordedProject.WEB).orElseThrow().id(),
            project.root().bootFolder(RecordedProject.WEB, boot),
            "tcg");
    session.boots().shaken(boot, RecordedProject.WEB, Duration.ofSeconds(5), 3);
  }

  private static void succeed(RecordedProject project, long applyMs) throws InterruptedException {
    project.change(
        session -> {
          OpenRun run = project.start(session, RecordedProject.WEB, Trigger.AUTO);
          for (StepKind step : StepKind.values()) {
            long durationMs = step == StepKind.APPLY ? applyMs : 100;
            run.stepStarted(step);
            run.stepEnded(
                new StepRecord(
                    step, StepStatus.SUCCESS, session.events().now(), durationMs, "done"));
          }
          run.completed(RunStatus.SUCCESS, applyMs + 400);
        });
  }
}
