package dev.castra.operation;

import dev.castra.bootstrap.Decision;
import dev.castra.bootstrap.EnvHashKey;
import dev.castra.bootstrap.RunFailure;
import dev.castra.bootstrap.StampFacts;
import dev.castra.error.ErrorCode;
import dev.castra.event.EventSink;
import dev.castra.image.ImageHasher;
import dev.castra.project.Project;
import dev.castra.project.ProjectLoader;
import dev.castra.project.StateRoot;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import dev.castra.run.Trigger;
import dev.castra.store.DiskRecord;
import dev.castra.store.OpenRun;
import dev.castra.store.RunStart;
import dev.castra.store.VmClaims;
import dev.castra.vm.DiskId;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Optional;
import java.util.UUID;

/**
 * A real project folder with the record that `up` would have left; only the machines are missing.
 */
final class RecordedProject {
  static final VmName WEB = new VmName("web");
  static final VmName DB = new VmName("db");

  private static final CommandLineInfo UP = new CommandLineInfo("castra up", "test");
  private static final int SECTOR = 512;

  private final Path folder;

  /** Two VMs with a script each; that of `web` has a payload and a secret. */
  RecordedProject(Path folder) {
    this.folder = folder;
    image((byte) 0);
    file("bootstrap/web/run.sh", "#!/bin/sh\ntrue\n");
    file("bootstrap/web/payload/app.env", "COLOUR=red\n");
    file("bootstrap/db/run.sh", "#!/bin/sh\ntrue\n");
    config("", "env = { TOKEN = \"first secret\" }\n");
  }

  /** Writes castra.toml with more lines for `web` and for its bootstrap. */
  void config(String web, String bootstrap) {
    file(
        "castra.toml",
        vm("web") + web + "[vms.bootstrap]\nverify_path = \"/etc/motd\"\n" + bootstrap + vm("db"));
  }

  static String vm(String name) {
    return "[[vms]]\nname = \"" + name + "\"\nbase_image = \"boot.img\"\n";
  }

  void file(String name, String content) {
    write(name, content.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** Writes a raw base image that differs in one byte. */
  void image(byte content) {
    byte[] sector = new byte[SECTOR];
    sector[0] = content;
    sector[SECTOR - 2] = 0x55;
    sector[SECTOR - 1] = (byte) 0xAA;
    write("boot.img", sector);
  }

  private void write(String name, byte[] content) {
    try {
      Path file = folder.resolve(name);
      Files.createDirectories(file.resolveSibling(""));
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As castra.toml is now. */
  Project load() {
    return ProjectLoader.load(folder.resolve("castra.toml"));
  }

  StateRoot root() {
    return load().stateRoot();
  }

  /** Something that is done while a castra has the database open. */
  interface Work<T> {
    T with(ProjectSession session) throws InterruptedException;
  }

  <T> T during(Work<T> work) throws InterruptedException {
    Project project = load();
    try (ProjectSession session = ProjectSession.begin(project, Host.real(), UP, EventSink.NONE)) {
      ProjectKeys.keep(project.stateRoot(), EnvHashKey.generate());
      T result = work.with(session);
      session.end(0);
      return result;
    }
  }

  /** A change of the record. */
  interface Change {
    void with(ProjectSession session) throws InterruptedException;
  }

  void change(Change change) throws InterruptedException {
    during(
        session -> {
          change.with(session);
          return true;
        });
  }

  /** A fresh disk for the VM, of the base image as it is now. */
  DiskRecord newDisk(VmName vm) throws InterruptedException {
    return during(
        session -> {
          DiskRecord disk = draft(session, vm);
          session.disks().planned(disk);
          write(folder.relativize(disk.path()).toString(), new byte[0]);
          session.disks().created(disk);
          return disk;
        });
  }

  DiskRecord draft(ProjectSession session, VmName vm) throws InterruptedException {
    VmPlan plan = plan(vm);
    DiskId id = DiskId.fresh();
    return new DiskRecord(
        id,
        vm,
        root().disk(vm, id),
        plan.baseImage().path(),
        imageHash(session, plan),
        "ssh-ed25519 KEY-" + vm,
        false,
        false,
        false,
        Optional.empty());
  }

  VmPlan plan(VmName vm) throws InterruptedException {
    return Preflight.inspect(
        load(), spec(vm), spec(vm).bootstrap().mode(), Host.real(), new HashMap<>());
  }

  private VmSpec spec(VmName vm) {
    return Selection.vm(load(), vm.value()).orElseThrow();
  }

  private static Sha256 imageHash(ProjectSession session, VmPlan plan) throws InterruptedException {
    return new ImageHasher(session.imageHashes()).hash(plan.baseImage(), () -> {});
  }

  /** Opens a run of what castra.toml describes now, on the VM's present disk. */
  OpenRun start(ProjectSession session, VmName vm, Trigger trigger) throws InterruptedException {
    DiskRecord disk = session.disks().present(vm).orElseThrow();
    return session
        .runs()
        .start(
            new RunStart(
                UUID.randomUUID(),
                vm,
                disk.id(),
                disk.baseImageHash(),
                plan(vm).artifact().orElseThrow(),
                trigger,
                "because",
                Optional.empty()));
  }

  /** A successful run whose steps took so long, in ms, from the first on. */
  RunId succeed(VmName vm, long... durationsMs) throws InterruptedException {
    return during(
        session -> {
          OpenRun run = start(session, vm, Trigger.AUTO);
          for (int i = 0; i < durationsMs.length; i++) {
            StepKind step = StepKind.values()[i];
            run.stepStarted(step);
            run.stepEnded(
                new StepRecord(
                    step, StepStatus.SUCCESS, session.events().now(), durationsMs[i], "done"));
          }
          run.completed(RunStatus.SUCCESS, 1_200);
          return run.id();
        });
  }

  RunId fail(VmName vm, Trigger trigger, StepKind step) throws InterruptedException {
    return during(
        session -> {
          OpenRun run = start(session, vm, trigger);
          run.stepStarted(step);
          run.failed(RunStatus.FAILED, failure(step), 5);
          return run.id();
        });
  }

  static RunFailure failure(StepKind step) {
    return new RunFailure(Optional.of(step), ErrorCode.BOOTSTRAP_FAILED, "It failed.", "Mend it.");
  }

  /** A run whose castra died in this step. */
  RunId abandon(VmName vm, Trigger trigger, StepKind step) throws InterruptedException {
    return during(
        session -> {
          OpenRun run = start(session, vm, trigger);
          run.stepStarted(step);
          return run.id();
        });
  }

  StampExplanation explain(VmName vm) throws InterruptedException {
    return new ExplainStamp(load(), Host.real()).of(vm.value());
  }

  StampsReport stamps() {
    return new Stamps(load(), Host.real()).list();
  }

  /** What an `up` decides once it has claimed the VM, see {@link VmWorker}. */
  Decision decide(VmName vm) throws InterruptedException {
    return during(
        session -> {
          try (VmClaims.Claim claim = session.claims().tryClaim(vm).orElseThrow()) {
            new Reconciliation(session).interruptOrphans(vm, claim);
          }
          VmPlan plan = plan(vm);
          Disks.Plan disk =
              Disks.plan(
                  root(),
                  session.disks().present(vm),
                  plan.spec().disk(),
                  imageHash(session, plan));
          StampFacts facts =
              disk instanceof Disks.Plan.Keep keep
                  ? session.runs().facts(keep.disk(), plan.artifact().map(known -> known.hash()))
                  : StampFacts.newDisk(((Disks.Plan.Fresh) disk).reason());
          return Decision.of(plan.mode(), plan.artifact(), facts);
        });
  }
}
