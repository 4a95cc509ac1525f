package dev.castra.operation;

import dev.castra.bootstrap.Artifact;
import dev.castra.image.BaseImage;
import dev.castra.vm.Accelerator;
import dev.castra.vm.BootstrapMode;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import java.util.Optional;

/**
 * One VM after preflight.
 *
 * @param mode with overrides applied
 * @param accelerator {@code KVM} or {@code TCG}
 * @param artifact empty if bootstrapping is disabled or no script is configured
 */
public record VmPlan(
    VmSpec spec,
    BootstrapMode mode,
    BaseImage baseImage,
    Accelerator accelerator,
    Optional<Artifact> artifact) {
  public VmName name() {
    return spec.name();
  }
}
