package dev.castra.operation;

import dev.castra.bootstrap.Artifact;
import dev.castra.bootstrap.ArtifactBuilder;
import dev.castra.bootstrap.EnvHashKey;
import dev.castra.bootstrap.Overrides;
import dev.castra.error.CastraBug;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.guest.SshKeys;
import dev.castra.image.BaseImage;
import dev.castra.image.BaseImages;
import dev.castra.image.QemuPrograms;
import dev.castra.project.Project;
import dev.castra.project.StateRoot;
import dev.castra.qemu.Accelerators;
import dev.castra.qemu.HostPorts;
import dev.castra.store.BootReader;
import dev.castra.vm.Accelerator;
import dev.castra.vm.BootstrapMode;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.SshTarget;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds everything that would make an {@code up} fail, before it has touched anything. */
final class Preflight {
  private final Project project;
  private final Up.Options options;
  private final Host host;
  private Optional<QemuPrograms> programs = Optional.empty();
  private final Map<String, Optional<BaseImage>> images;
  private final Set<VmName> running;
  private final List<CastraException> problems = new ArrayList<>();

  private Preflight(
      Project project,
      Up.Options options,
      Host host,
      Set<VmName> running,
      Map<String, Optional<BaseImage>> images) {
    this.project = project;
    this.options = options;
    this.host = host;
    this.running = running;
    this.images = images;
  }

  /**
   * What the checks found out.
   *
   * @param programs empty if none is needed
   */
  record Result(Optional<QemuPrograms> programs, EnvHashKey envKey, List<VmPlan> vms) {}

  /**
   * @param running VMs whose processes live; their ports are theirs
   * @throws CastraException naming every problem at once
   */
  static Result check(Project project, Up.Options options, Host host, Set<VmName> running)
      throws InterruptedException {
    List<VmSpec> specs = Selection.of(project, options.names());
    Preflight preflight = new Preflight(project, options, host, running, new LinkedHashMap<>());
    preflight.problems.addAll(optionProblems(project, options.overrides(), options.names()));
    EnvHashKey envKey = envKey(project.stateRoot());
    List<VmPlan> vms = preflight.plan(specs, envKey);
    refuse(preflight.problems);
    return new Result(preflight.programs, envKey, vms);
  }

  /**
   * Looks at the command line alone.
   *
   * @throws CastraException naming every problem at once
   */
  static void requireUsable(Project project, Overrides overrides, List<String> names) {
    refuse(optionProblems(project, overrides, names));
  }

  private static List<CastraException> optionProblems(
      Project project, Overrides overrides, List<String> names) {
    List<CastraException> problems = new ArrayList<>();
    Optional<CastraException> unknown = Selection.unknown(project, names);
    unknown.ifPresent(problems::add);
    // With a wrong name nobody can say which VMs are meant.
    List<VmSpec> selected = unknown.isEmpty() ? Selection.of(project, names) : project.vms();
    for (String problem : overrides.problems(project.vms(), selected)) {
      problems.add(
          new CastraException(
              ErrorCode.PREFLIGHT_FAILED, problem, "Correct the `--bootstrap` options."));
    }
    return problems;
  }

  /**
   * Checks one VM in one mode. Asks for no host port: asking takes it for a moment, which may be
   * the one in which an {@code up} needs it.
   *
   * @param images looked at before, by what castra.toml calls them; added to
   * @throws CastraException naming every problem at once
   */
  static VmPlan inspect(
      Project project,
      VmSpec spec,
      BootstrapMode mode,
      Host host,
      Map<String, Optional<BaseImage>> images)
      throws InterruptedException {
    Preflight preflight =
        new Preflight(project, Up.Options.plain(), host, Set.of(spec.name()), images);
    preflight.findPrograms(List.of(spec));
    Optional<VmPlan> plan = preflight.plan(spec, mode, envKey(project.stateRoot()));
    refuse(preflight.problems);
    return plan.orElseThrow();
  }

  private void findPrograms(List<VmSpec> specs) {
    if (options.boots() && specs.stream().anyMatch(vm -> vm.ssh().isEmpty())) {
      try {
        programs = Optional.of(QemuPrograms.find(host.searchPath()));
      } catch (CastraException missing) {
        problems.add(missing);
      }
    }
  }

  /** The project's key, or before its first {@code up} one that is not kept. */
  private static EnvHashKey envKey(StateRoot root) {
    return ProjectKeys.envHashKey(root).orElseGet(EnvHashKey::generate);
  }

  private List<VmPlan> plan(List<VmSpec> specs, EnvHashKey envKey) throws InterruptedException {
    boolean modesKnown = problems.isEmpty();
    findPrograms(specs);
    List<VmPlan> plans = new ArrayList<>();
    for (VmSpec spec : specs) {
      BootstrapMode mode = modesKnown ? options.overrides().modeFor(spec) : spec.bootstrap().mode();
      plan(spec, mode, envKey).ifPresent(plans::add);
    }
    return plans;
  }

  private Optional<VmPlan> plan(VmSpec spec, BootstrapMode mode, EnvHashKey envKey)
      throws InterruptedException {
    Optional<VmPlan.Hardware> hardware = hardware(spec);
    Optional<Artifact> artifact = artifact(spec, mode, envKey);
    return hardware.map(found -> new VmPlan(spec, mode, found, artifact));
  }

  private Optional<VmPlan.Hardware> hardware(VmSpec spec) throws InterruptedException {
    if (spec.ssh().isPresent()) {
      return foreign(spec, spec.ssh().get());
    }
    if (!options.boots()) {
      return Optional.of(new VmPlan.Hardware.AsFound());
    }
    if (!running.contains(spec.name())) {
      checkPorts(spec);
    }
    if (programs.isEmpty()) {
      return Optional.empty();
    }
    Optional<BaseImage> image = image(spec);
    return accelerator(spec)
        .flatMap(accel -> image.map(base -> new VmPlan.Hardware.Emulated(base, accel)));
  }

  private Optional<VmPlan.Hardware> foreign(VmSpec spec, SshTarget target) {
    try {
      target.hostKey().ifPresent(SshKeys::normalise);
      return Optional.of(
          new VmPlan.Hardware.Foreign(
              target, SshKeys.load(target.identityFile(), spec.name().value())));
    } catch (CastraException e) {
      problems.add(
          new CastraException(
              ErrorCode.PREFLIGHT_FAILED,
              "VM `" + spec.name() + "`: " + e.getMessage(),
              "Name an unencrypted private key that you may read as `identity_file`.",
              e));
    } catch (IllegalArgumentException e) {
      problems.add(
          new CastraException(
              ErrorCode.PREFLIGHT_FAILED,
              "VM `" + spec.name() + "`: `host_key` is not a public key.",
              "Copy the line that `ssh-keyscan " + target.host() + "` prints, without the host.",
              e));
    }
    return Optional.empty();
  }

  /** Each image is looked at once, however many VMs are made from it. */
  private Optional<BaseImage> image(VmSpec spec) throws InterruptedException {
    Optional<BaseImage> known = images.get(spec.baseImage());
    if (known == null) {
      known = resolve(spec);
      images.put(spec.baseImage(), known);
    }
    return known;
  }

  private Optional<BaseImage> resolve(VmSpec spec) throws InterruptedException {
    try {
      QemuPrograms found = programs.orElseThrow(() -> new CastraBug("no qemu-img"));
      BaseImage image =
          new BaseImages(found.img(), host.environment())
              .resolve(spec.baseImage(), project.directory());
      if (image.path().startsWith(project.stateRoot().vmsFolder())) {
        throw new CastraException(
            ErrorCode.BASE_IMAGE_INVALID,
            "Base image `" + image.path() + "` of VM `" + spec.name() + "` is a VM's own disk.",
            "Copy it out of the state root first; a base image is never written to.");
      }
      return Optional.of(image);
    } catch (CastraException e) {
      problems.add(e);
      return Optional.empty();
    }
  }

  private Optional<Accelerator> accelerator(VmSpec spec) {
    try {
      return Optional.of(Accelerators.ofHost().resolve(spec.accel()));
    } catch (CastraException e) {
      problems.add(e);
      return Optional.empty();
    }
  }

  private Optional<Artifact> artifact(VmSpec spec, BootstrapMode mode, EnvHashKey envKey) {
    if (mode == BootstrapMode.DISABLED) {
      return Optional.empty();
    }
    if (spec.bootstrap().script().isEmpty()) {
      if (mode == BootstrapMode.ALWAYS) {
        problems.add(
            new CastraException(
                ErrorCode.PREFLIGHT_FAILED,
                "VM `" + spec.name() + "` has mode `always` but no bootstrap script.",
                "Add `bootstrap/" + spec.role() + "/run.sh`, or name a `script` in castra.toml."));
      }
      return Optional.empty();
    }
    try {
      refuseStateRootInPayload(spec);
      return Optional.of(ArtifactBuilder.build(spec.bootstrap(), envKey));
    } catch (CastraException e) {
      problems.add(
          new CastraException(
              e.code(), "VM `" + spec.name() + "`: " + e.getMessage(), e.hint(), e));
      return Optional.empty();
    }
  }

  /** The state root holds private keys, which are nothing to send to a guest. */
  private void refuseStateRootInPayload(VmSpec spec) {
    Path root = project.stateRoot().path();
    boolean inside =
        spec.bootstrap().payload().filter(payload -> root.startsWith(real(payload))).isPresent();
    if (inside) {
      throw new CastraException(
          ErrorCode.ARTIFACT_INVALID,
          "The payload folder contains the state root `" + root + "`.",
          "Give the payload a folder of its own.");
    }
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException missing) {
      return path.toAbsolutePath().normalize();
    }
  }

  private void checkPorts(VmSpec spec) {
    for (ForwardedPort port : spec.ports()) {
      if (port.hostPort() == 0) {
        continue;
      }
      Optional<String> obstacle =
          HostPorts.obstacle(port.hostAddress(), port.hostPort(), port.protocol());
      if (obstacle.isPresent() && isItsOwn(spec.name(), port)) {
        // Another castra has started it meanwhile; its claim says when there is something to do.
        return;
      }
      obstacle.ifPresent(why -> problems.add(portTaken(spec, port, why)));
    }
  }

  static CastraException portTaken(VmSpec spec, ForwardedPort port, String why) {
    return new CastraException(
        ErrorCode.PORT_TAKEN,
        "Host port `%s:%d` of VM `%s` cannot be used: %s."
            .formatted(port.hostAddress(), port.hostPort(), spec.name(), why),
        "Stop what uses it, or change `host` in castra.toml; 0 lets Castra pick.");
  }

  /** Looked up now: what ran when the checks began may be long ago. */
  private boolean isItsOwn(VmName vm, ForwardedPort port) {
    return new BootReader(project.stateRoot(), host.ticker())
        .newest(vm)
        .filter(
            boot ->
                HostPorts.isHeldBy(boot.id(), port.hostAddress(), port.hostPort(), port.protocol()))
        .isPresent();
  }

  private static void refuse(List<CastraException> problems) {
    if (problems.isEmpty()) {
      return;
    }
    if (problems.size() == 1) {
      throw problems.get(0);
    }
    StringBuilder text = new StringBuilder("Preflight found " + problems.size() + " problems:");
    problems.forEach(
        problem ->
            text.append("\n  ").append(problem.getMessage()).append(' ').append(problem.hint()));
    throw new CastraException(ErrorCode.PREFLIGHT_FAILED, text.toString(), "Nothing was touched.");
  }
}
