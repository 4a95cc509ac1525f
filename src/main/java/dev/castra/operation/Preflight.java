package dev.castra.operation;

import dev.castra.bootstrap.Artifact;
import dev.castra.bootstrap.ArtifactBuilder;
import dev.castra.bootstrap.EnvHashKey;
import dev.castra.bootstrap.Overrides;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.image.BaseImage;
import dev.castra.image.BaseImages;
import dev.castra.image.QemuPrograms;
import dev.castra.project.Project;
import dev.castra.project.StateRoot;
import dev.castra.qemu.Accelerators;
import dev.castra.qemu.HostPorts;
import dev.castra.vm.Accelerator;
import dev.castra.vm.BootstrapMode;
import dev.castra.vm.ForwardedPort;
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
  private final Host host;
  private final QemuPrograms programs;
  private final BaseImages images;
  private final Map<String, BaseImage> resolvedImages = new LinkedHashMap<>();
  private final List<CastraException> problems = new ArrayList<>();

  private Preflight(Project project, Host host, QemuPrograms programs) {
    this.project = project;
    this.host = host;
    this.programs = programs;
    this.images = new BaseImages(programs.img(), host.environment());
  }

  /** What the checks found out. */
  record Result(QemuPrograms programs, EnvHashKey envKey, List<VmPlan> vms) {}

  /**
   * @param running VMs whose processes live; their ports are theirs
   * @throws CastraException naming every problem at once
   */
  static Result check(Project project, Overrides overrides, Host host, Set<VmName> running)
      throws InterruptedException {
    QemuPrograms programs = QemuPrograms.find(host.searchPath());
    Preflight preflight = new Preflight(project, host, programs);
    EnvHashKey envKey = envKey(project.stateRoot());
    List<VmPlan> vms = preflight.plan(overrides, envKey, running);
    preflight.refuseProblems();
    return new Result(programs, envKey, vms);
  }

  /**
   * Checks one VM in the mode that castra.toml gives it. Asks for no host port: asking takes it for
   * a moment, which may be the one in which an {@code up} needs it.
   *
   * @throws CastraException naming every problem at once
   */
  static VmPlan inspect(Project project, VmSpec spec, Host host) throws InterruptedException {
    Preflight preflight = new Preflight(project, host, QemuPrograms.find(host.searchPath()));
    Optional<VmPlan> plan =
        preflight.plan(spec, spec.bootstrap().mode(), envKey(project.stateRoot()));
    preflight.refuseProblems();
    return plan.orElseThrow();
  }

  /** The project's key, or before its first {@code up} one that is not kept. */
  private static EnvHashKey envKey(StateRoot root) {
    return ProjectKeys.envHashKey(root).orElseGet(EnvHashKey::generate);
  }

  private List<VmPlan> plan(Overrides overrides, EnvHashKey envKey, Set<VmName> running)
      throws InterruptedException {
    for (String problem : overrides.problems(project.vms())) {
      problems.add(
          new CastraException(
              ErrorCode.PREFLIGHT_FAILED, problem, "Correct the `--bootstrap` options."));
    }
    boolean modesKnown = problems.isEmpty();
    List<VmPlan> plans = new ArrayList<>();
    for (VmSpec spec : project.vms()) {
      BootstrapMode mode = modesKnown ? overrides.modeFor(spec) : spec.bootstrap().mode();
      if (!running.contains(spec.name())) {
        checkPorts(spec);
      }
      plan(spec, mode, envKey).ifPresent(plans::add);
    }
    return plans;
  }

  private Optional<VmPlan> plan(VmSpec spec, BootstrapMode mode, EnvHashKey envKey)
      throws InterruptedException {
    Optional<BaseImage> image = image(spec);
    Optional<Accelerator> accelerator = accelerator(spec);
    Optional<Artifact> artifact = artifact(spec, mode, envKey);
    return image.isPresent() && accelerator.isPresent()
        ? Optional.of(new VmPlan(spec, mode, image.get(), accelerator.get(), artifact))
        : Optional.empty();
  }

  private Optional<BaseImage> image(VmSpec spec) throws InterruptedException {
    String wanted = spec.baseImage();
    if (resolvedImages.containsKey(wanted)) {
      return Optional.of(resolvedImages.get(wanted));
    }
    try {
      BaseImage image = images.resolve(wanted, project.directory());
      if (image.path().startsWith(project.stateRoot().vmsFolder())) {
        throw new CastraException(
            ErrorCode.BASE_IMAGE_INVALID,
            "Base image `" + image.path() + "` of VM `" + spec.name() + "` is a VM's own disk.",
            "Copy it out of the state root first; a base image is never written to.");
      }
      resolvedImages.put(wanted, image);
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
      obstacle.ifPresent(
          why ->
              problems.add(
                  new CastraException(
                      ErrorCode.PORT_TAKEN,
                      "Host port `%s:%d` of VM `%s` cannot be used: %s."
                          .formatted(port.hostAddress(), port.hostPort(), spec.name(), why),
                      "Stop what uses it, or change `host` in castra.toml; 0 lets Castra pick.")));
    }
  }

  private void refuseProblems() {
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
