package dev.castra.operation;

import dev.castra.bootstrap.Artifact;
import dev.castra.error.CastraBug;
import dev.castra.guest.SshIdentity;
import dev.castra.image.BaseImage;
import dev.castra.vm.Accelerator;
import dev.castra.vm.BootstrapMode;
import dev.castra.vm.SshTarget;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import java.util.Optional;

/**
 * One VM after preflight.
 *
 * @param mode with overrides applied
 * @param artifact empty if bootstrapping is disabled or no script is configured
 */
record VmPlan(VmSpec spec, BootstrapMode mode, Hardware hardware, Optional<Artifact> artifact) {
  /** What the VM is made of. */
  sealed interface Hardware {
    /**
     * A machine of Castra's own.
     *
     * @param accelerator {@code KVM} or {@code TCG}
     */
    record Emulated(BaseImage baseImage, Accelerator accelerator) implements Hardware {}

    /** Whatever runs already. */
    record AsFound() implements Hardware {}

    /** A machine that exists already, and the key that opens it. */
    record Foreign(SshTarget target, SshIdentity identity) implements Hardware {}
  }

  /** Names the thread that works on the VM. */
  @Override
  public String toString() {
    return name().value();
  }

  VmName name() {
    return spec.name();
  }

  BaseImage baseImage() {
    return emulated().baseImage();
  }

  Accelerator accelerator() {
    return emulated().accelerator();
  }

  private Hardware.Emulated emulated() {
    if (hardware instanceof Hardware.Emulated emulated) {
      return emulated;
    }
    throw new CastraBug("VM " + name() + " has no image");
  }
}
