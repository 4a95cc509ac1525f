package dev.castra.store;

import dev.castra.bootstrap.Artifact;
import dev.castra.bootstrap.Manifest;
import dev.castra.bootstrap.ManifestEntry;
import dev.castra.bootstrap.RunFailure;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.event.RecordedEvent;
import dev.castra.process.ProcessIdentity;
import dev.castra.process.Ticker;
import dev.castra.project.Lifecycle;
import dev.castra.project.Project;
import dev.castra.project.Retention;
import dev.castra.project.StateRoot;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import dev.castra.run.Trigger;
import dev.castra.vm.Accelerator;
import dev.castra.vm.BootstrapMode;
import dev.castra.vm.BootstrapSpec;
import dev.castra.vm.DiskId;
import dev.castra.vm.DiskPolicy;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Result;

/** A project with the VMs `web` and `db`, its real database open. */
final class OpenProject implements AutoCloseable {
  static final VmName WEB = new VmName("web");
  static final VmName DB = new VmName("db");
  static final Sha256 IMAGE = sha256("image");
  static final Artifact A = artifact("a");
  static final Artifact B = artifact("b");

  final StateRoot root;
  final Database database;
  final Invocation invocation;
  final EventLog events;
  final InvocationStore invocations;
  final DiskStore disks;
  final BootStore boots;
  final RunStore runs;
  final VmClaims claims;
  final List<RecordedEvent> delivered = new CopyOnWriteArrayList<>();

  private OpenProject(StateRoot root, String command) {
    this.root = root;
    database = Database.open(root, Ticker.system());
    invocation = new Invocation(UUID.randomUUID(), command, "1.0-test", ProcessIdentity.ofSelf());
    events = new EventLog(database, invocation, delivered::add, Clock.systemUTC());
    invocations = new InvocationStore(database);
    disks = new DiskStore(database, events);
    boots = new BootStore(database, events);
    runs = new RunStore(database, events);
    claims = new VmClaims(database, events, root);
    invocations.begin(invocation, project("shop", "1", WEB, DB), Instant.now());
  }

  static OpenProject in(Path folder) {
    return in(folder, "castra up");
  }

  static OpenProject in(Path folder, String command) {
    return new OpenProject(rootIn(folder), command);
  }

  static StateRoot rootIn(Path folder) {
    return new StateRoot(folder.resolve(".castra"));
  }

  static Sha256 sha256(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }

  static Artifact artifact(String content) {
    ManifestEntry script =
        new ManifestEntry(ManifestEntry.Kind.SCRIPT, "run.sh", 0755, 10, sha256(content));
    return new Artifact(
        sha256("artifact " + content),
        new Manifest(List.of(script)),
        spec(),
        Path.of("run.sh"),
        List.of(),
        0);
  }

  private static BootstrapSpec spec() {
    return new BootstrapSpec(
        BootstrapMode.AUTO,
        Optional.of(Path.of("run.sh")),
        Optional.empty(),
        Duration.ofMinutes(5),
        Duration.ofHours(1),
        "/var/lib/castra",
        Map.of(),
        Optional.empty(),
        Optional.empty());
  }

  static Project project(String name, String config, VmName... vms) {
    Path folder = Path.of("/projects/shop");
    return new Project(
        name,
        folder.resolve("castra.toml"),
        folder,
        new StateRoot(folder.resolve(".castra")),
        new Lifecycle(Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ofSeconds(5)),
        new Retention(OptionalInt.empty(), OptionalInt.empty()),
        java.util.stream.IntStream.range(0, vms.length).mapToObj(i -> vm(vms[i], i)).toList(),
        sha256(config));
  }

  private static VmSpec vm(VmName name, int position) {
    return new VmSpec(
        name,
        name,
        position,
        "",
        "tiny",
        2,
        256,
        DiskPolicy.PERSISTENT,
        Accelerator.AUTO,
        List.of(new ForwardedPort(ForwardedPort.LOOPBACK, 0, 22, ForwardedPort.Protocol.TCP)),
        Optional.empty(),
        spec());
  }

  DiskRecord plannedDisk(VmName vm, String hostKey) {
    DiskId id = DiskId.fresh();
    DiskRecord disk =
        new DiskRecord(
            id,
            vm,
            root.disk(vm, id),
            Path.of("/images/tiny.qcow2"),
            IMAGE,
            hostKey,
            false,
            false,
            false,
            Optional.empty());
    disks.planned(disk);
    return disk;
  }

  /** A disk that is the VM's present one. */
  DiskRecord newDisk(VmName vm) {
    DiskRecord disk = plannedDisk(vm, "ssh-ed25519 KEY-" + vm + " castra");
    disks.created(disk);
    return present(vm);
  }

  DiskRecord present(VmName vm) {
    return disks.present(vm).orElseThrow();
  }

  OpenRun start(DiskRecord disk, Artifact artifact, Trigger trigger) {
    return runs.start(startOf(UUID.randomUUID(), disk, artifact, trigger));
  }

  static RunStart startOf(UUID attempt, DiskRecord disk, Artifact artifact, Trigger trigger) {
    return new RunStart(
        attempt,
        disk.vm(),
        disk.id(),
        disk.baseImageHash(),
        artifact,
        trigger,
        "because",
        Optional.empty());
  }

  /** A whole successful run on the VM's present disk. */
  OpenRun succeed(VmName vm, Artifact artifact) {
    OpenRun run = start(present(vm), artifact, Trigger.AUTO);
    for (StepKind step : StepKind.values()) {
      pass(run, step);
    }
    run.completed(RunStatus.SUCCESS, 5);
    return run;
  }

  static void pass(OpenRun run, StepKind step) {
    run.stepStarted(step);
    run.stepEnded(record(step, StepStatus.SUCCESS));
  }

  /** Takes the steps before {@code last}, fails in that one and ends the run. */
  static void failAt(OpenRun run, StepKind last) {
    for (StepKind step : StepKind.values()) {
      if (step == last) {
        break;
      }
      pass(run, step);
    }
    run.stepStarted(last);
    run.stepEnded(record(last, StepStatus.FAILED));
    run.failed(RunStatus.FAILED, failure(last), 7);
  }

  static RunFailure failure(StepKind step) {
    return new RunFailure(
        Optional.of(step), ErrorCode.BOOTSTRAP_FAILED, "The script exited with 3.", "Mend it.");
  }

  static StepRecord record(StepKind step, StepStatus status) {
    return new StepRecord(step, status, Instant.parse("2026-01-02T03:04:05Z"), 1, "done");
  }

  static CastraEvent.Diagnostic remark(String text) {
    return new CastraEvent.Diagnostic(Optional.empty(), "info", "remark", text);
  }

  Result<Record> fetch(String query, Object... values) {
    return database.transaction((DSLContext sql) -> sql.fetch(query, values));
  }

  /** First column of every row, as text. */
  List<String> column(String query, Object... values) {
    return fetch(query, values).map(row -> String.valueOf(row.get(0)));
  }

  @Override
  public void close() {
    database.close();
  }
}
