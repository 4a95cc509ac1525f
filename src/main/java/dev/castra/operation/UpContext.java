package dev.castra.operation;

import dev.castra.bootstrap.Artifact;
import dev.castra.bootstrap.ArtifactBuilder;
import dev.castra.bootstrap.EnvHashKey;
import dev.castra.error.CastraBug;
import dev.castra.guest.Guests;
import dev.castra.guest.SshIdentity;
import dev.castra.guest.SshKeys;
import dev.castra.image.BaseImage;
import dev.castra.image.ImageHasher;
import dev.castra.image.Overlays;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** What the workers of one {@code up} share. */
final class UpContext implements AutoCloseable {
  private final ProjectSession session;
  private final List<VmPlan> plans;
  private final Up.Options options;
  private final Cancellation cancellation;
  private final SshIdentity clientKey;
  private final Guests guests;
  private final Optional<Disks> disks;
  private final Boots boots;
  private final BootSlots bootSlots;
  private final Map<BaseImage, FutureTask<Sha256>> imageHashes = new ConcurrentHashMap<>();

  private UpContext(
      ProjectSession session,
      Preflight.Result checked,
      List<VmPlan> plans,
      Up.Options options,
      Cancellation cancellation) {
    this.session = session;
    this.plans = plans;
    this.options = options;
    this.cancellation = cancellation;
    this.clientKey = SshKeys.loadOrCreate(session.project().stateRoot().clientKey(), "castra");
    this.guests = new Guests(session.host().ticker());
    this.disks =
        checked
            .programs()
            .map(programs -> new Disks(session, new Overlays(programs.img()), clientKey));
    this.boots = new Boots(session, checked.programs());
    this.bootSlots =
        new BootSlots(
            options.jobs().orElseGet(() -> BootSlots.usual(plans)), session.host().ticker());
  }

  static UpContext open(
      ProjectSession session,
      Preflight.Result checked,
      Up.Options options,
      Cancellation cancellation) {
    EnvHashKey kept = ProjectKeys.keep(session.project().stateRoot(), checked.envKey());
    List<VmPlan> plans =
        Arrays.equals(kept.bytes(), checked.envKey().bytes())
            ? checked.vms()
            : checked.vms().stream().map(plan -> rehashed(plan, kept)).toList();
    return new UpContext(session, checked, plans, options, cancellation);
  }

  /** Another process was quicker to make the project's key. */
  private static VmPlan rehashed(VmPlan plan, EnvHashKey key) {
    return new VmPlan(
        plan.spec(),
        plan.mode(),
        plan.hardware(),
        plan.artifact().map(Artifact::spec).map(spec -> ArtifactBuilder.build(spec, key)));
  }

  ProjectSession session() {
    return session;
  }

  List<VmPlan> plans() {
    return plans;
  }

  Up.Options options() {
    return options;
  }

  Cancellation cancellation() {
    return cancellation;
  }

  SshIdentity clientKey() {
    return clientKey;
  }

  Guests guests() {
    return guests;
  }

  Disks disks() {
    return disks.orElseThrow(() -> new CastraBug("disks without qemu-img"));
  }

  Boots boots() {
    return boots;
  }

  BootSlots bootSlots() {
    return bootSlots;
  }

  /** Which other VM of the project has the SSH host key. */
  Optional<String> ownerOfKey(VmName vm, String keyLine) {
    return session.disks().ownerOfHostKey(keyLine, vm).map(VmName::value);
  }

  /** Hash of the image's content; read once per {@code up} however many VMs are made from it. */
  Sha256 imageHash(BaseImage image) throws InterruptedException {
    ImageHasher hasher = new ImageHasher(session.imageHashes());
    FutureTask<Sha256> task =
        imageHashes.computeIfAbsent(
            image,
            key -> new FutureTask<>(() -> hasher.hash(key, cancellation::refuseIfRequested)));
    task.run();
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException known) {
        throw known;
      }
      throw new CastraBug("hashing `" + image.path() + "` failed", e.getCause());
    }
  }

  @Override
  public void close() {
    guests.close();
  }
}
