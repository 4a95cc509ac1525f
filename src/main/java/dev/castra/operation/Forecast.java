package dev.castra.operation;

import dev.castra.bootstrap.Artifact;
import dev.castra.bootstrap.Decision;
import dev.castra.bootstrap.StampFacts;
import dev.castra.error.CastraException;
import dev.castra.guest.SshKeys;
import dev.castra.image.ImageFingerprint;
import dev.castra.image.ImageHasher;
import dev.castra.project.Project;
import dev.castra.qemu.HostPorts;
import dev.castra.run.RunId;
import dev.castra.store.DiskHistory;
import dev.castra.store.DiskStore;
import dev.castra.store.ProjectHistory;
import dev.castra.store.StampRecord;
import dev.castra.vm.BootstrapMode;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.Sha256;
import dev.castra.vm.SshTarget;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import java.util.List;
import java.util.Optional;

/**
 * What the next {@code up} would do about one VM in the mode that castra.toml gives it. Comes to
 * the same decision as {@link VmWorker} without a claim and without touching anything.
 */
final class Forecast {
  /** Action of a VM that preflight would refuse. */
  static final String ERROR = "error";

  private final Project project;
  private final ImageLooks images;
  private final VmSpec spec;
  private final BootstrapMode mode;
  private final boolean hashIsLasting;
  private final Optional<VmPlan> plan;
  private final Optional<CastraException> problem;

  /**
   * @param hashIsLasting false if the artifact has env values, and no key for them is kept yet
   */
  private Forecast(
      Project project,
      ImageLooks images,
      VmSpec spec,
      BootstrapMode mode,
      boolean hashIsLasting,
      Optional<VmPlan> plan,
      Optional<CastraException> problem) {
    this.project = project;
    this.images = images;
    this.spec = spec;
    this.mode = mode;
    this.hashIsLasting = hashIsLasting;
    this.plan = plan;
    this.problem = problem;
  }

  /**
   * Looks at castra.toml's side: base image, script, payload. Blocks while it hashes the latter.
   *
   * @param images shared by the forecasts of one command
   */
  static Forecast prepare(
      Project project, VmSpec spec, BootstrapMode mode, Host host, ImageLooks images)
      throws InterruptedException {
    try {
      boolean hashIsLasting =
          spec.bootstrap().env().isEmpty()
              || ProjectKeys.envHashKey(project.stateRoot()).isPresent();
      VmPlan plan = Preflight.inspect(project, spec, mode, host, images.found());
      return new Forecast(
          project, images, spec, mode, hashIsLasting, Optional.of(plan), Optional.empty());
    } catch (CastraException e) {
      return new Forecast(project, images, spec, mode, false, Optional.empty(), Optional.of(e));
    }
  }

  /** The base image, whose remembered hash {@link #of} wants to find in the history. */
  Optional<ImageFingerprint> image() {
    return plan.filter(known -> known.spec().ssh().isEmpty())
        .map(known -> known.baseImage().fingerprint());
  }

  /** The answer; blocks while it reads a base image whose hash is not remembered. */
  StampExplanation.Next of(ProjectHistory recorded) throws InterruptedException {
    // As preflight does, which waits for nobody.
    if (problem.isPresent()) {
      return error(problem.get());
    }
    DiskHistory history = recorded.of(spec.name());
    Optional<DiskHistory.Unfinished> underWay =
        history.unfinished().filter(DiskHistory.Unfinished::isUnderWay);
    if (underWay.isPresent()) {
      return StampExplanation.Next.without("wait", mode(), waiting(underWay.get()));
    }
    try {
      return decide(plan.orElseThrow(), history, recorded);
    } catch (CastraException e) {
      return error(e);
    }
  }

  private static String waiting(DiskHistory.Unfinished run) {
    String step = run.step().map(at -> " at `" + at.id() + "`").orElse("");
    return "run " + run.run() + " is under way" + step + "; `up` waits for its end, then decides";
  }

  private StampExplanation.Next error(CastraException e) {
    return new StampExplanation.Next(
        ERROR,
        mode(),
        e.getMessage(),
        Optional.of(e.hint()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  private Optional<String> mode() {
    return Optional.of(mode.id());
  }

  private StampExplanation.Next decide(VmPlan known, DiskHistory history, ProjectHistory recorded)
      throws InterruptedException {
    boolean runs =
        history
            .boot()
            .filter(boot -> Up.isLive(project.stateRoot(), spec.name(), boot))
            .isPresent();
    Prospect prospect =
        spec.ssh().isPresent()
            ? machine(spec.ssh().get(), history, recorded, runs)
            : disk(known, history, runs);
    StampFacts facts =
        prospect.disk() instanceof Disks.Plan.Fresh fresh
            ? StampFacts.newDisk(fresh.reason())
            : facts(history, known.artifact());
    Decision decision = Decision.of(known.mode(), known.artifact(), facts);
    return new StampExplanation.Next(
        decision.action(),
        mode(),
        decision.reason(),
        Optional.empty(),
        prospect.identity(),
        known.artifact().filter(artifact -> hashIsLasting).map(Artifact::hash),
        facts.lastSuccess().map(StampFacts.PastRun::run),
        known.artifact().map(artifact -> changes(artifact, facts)).orElse(List.of()));
  }

  /**
   * What the VM's disk would be.
   *
   * @param identity hash of the base image or of the machine's SSH host key; empty before a
   *     machine's first contact
   */
  private record Prospect(Disks.Plan disk, Optional<Sha256> identity) {}

  private Prospect machine(
      SshTarget target, DiskHistory history, ProjectHistory recorded, boolean runs) {
    if (runs) {
      throw ForeignMachines.stillEmulated(spec.name());
    }
    Optional<String> key = ForeignIdentity.expectedKey(history.disk(), target);
    Disks.Plan disk = ForeignIdentity.plan(history.disk(), key);
    if (disk instanceof Disks.Plan.Fresh && key.isPresent()) {
      refuseSharedKey(key.get(), recorded);
    }
    return new Prospect(disk, key.map(SshKeys::hash));
  }

  private void refuseSharedKey(String key, ProjectHistory recorded) {
    List<VmName> others =
        project.vms().stream().map(VmSpec::name).filter(vm -> !vm.equals(spec.name())).toList();
    Optional<VmName> owner = recorded.ownerOfHostKey(key, others);
    if (owner.isPresent()) {
      throw DiskStore.sharedKey(spec.name(), owner.get());
    }
  }

  private Prospect disk(VmPlan known, DiskHistory history, boolean runs)
      throws InterruptedException {
    if (!runs && history.holder().filter(holder -> holder.process().isAlive()).isEmpty()) {
      refuseTakenPorts();
    }
    Sha256 imageHash =
        new ImageHasher(images.hashes(history.imageHash())).hash(known.baseImage(), () -> {});
    return new Prospect(
        Disks.plan(project.stateRoot(), history.disk(), spec.disk(), imageHash),
        Optional.of(imageHash));
  }

  /** Unlike preflight it takes none of them for a moment: an {@code up} may need it just then. */
  private void refuseTakenPorts() {
    for (ForwardedPort port : spec.ports()) {
      Optional<String> listener =
          port.hostPort() == 0
              ? Optional.empty()
              : HostPorts.listener(port.hostAddress(), port.hostPort(), port.protocol());
      if (listener.isPresent()) {
        throw Preflight.portTaken(spec, port, listener.get());
      }
    }
  }

  private static List<String> changes(Artifact artifact, StampFacts facts) {
    return facts
        .lastSuccess()
        .map(success -> artifact.manifest().changesSince(success.manifest()))
        .orElse(List.of());
  }

  /** The facts as they are once the next castra has given a dead one's run its final status. */
  private static StampFacts facts(DiskHistory history, Optional<Artifact> artifact) {
    Optional<DiskHistory.Unfinished> orphan =
        history.unfinished().filter(DiskHistory.Unfinished::onPresentDisk);
    Optional<StampFacts.PastRun> lastRun =
        orphan
            .map(DiskHistory.Unfinished::interrupted)
            .or(() -> history.lastRun().map(DiskHistory.EndedRun::past));
    boolean unknown = orphan.filter(DiskHistory.Unfinished::leavesDiskUnknown).isPresent();
    Optional<RunId> stampRun =
        history
            .stamp()
            .filter(stamp -> !unknown && stamp.withdrawal().isEmpty())
            .filter(stamp -> artifact.filter(now -> holds(stamp, now)).isPresent())
            .map(StampRecord::run);
    return new StampFacts(
        stampRun, history.lastSuccess().map(DiskHistory.EndedRun::past), lastRun, Optional.empty());
  }

  private static boolean holds(StampRecord stamp, Artifact artifact) {
    return stamp.artifactHash().equals(artifact.hash());
  }
}
