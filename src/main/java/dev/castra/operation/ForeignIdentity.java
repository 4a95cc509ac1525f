package dev.castra.operation;

import dev.castra.guest.SshKeys;
import dev.castra.store.DiskRecord;
import dev.castra.vm.DiskId;
import dev.castra.vm.Sha256;
import dev.castra.vm.SshTarget;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.util.Optional;

/** What stands for a machine that is not Castra's among the disks. Call with the VM's claim. */
final class ForeignIdentity {
  /** Of a machine that has never shown its key. */
  private static final Sha256 NO_KEY = Sha256.of(new byte[0]);

  private final ProjectSession session;
  private final VmName vm;
  private final SshTarget target;

  ForeignIdentity(ProjectSession session, VmName vm, SshTarget target) {
    this.session = session;
    this.vm = vm;
    this.target = target;
  }

  /** The identity that counts at present; empty if the machine never showed its key. */
  Optional<DiskRecord> known() {
    return known(session.disks().present(vm));
  }

  private static Optional<DiskRecord> known(Optional<DiskRecord> present) {
    return present.filter(disk -> disk.isMachine() && disk.complete());
  }

  /** The key the machine must show, if it is known. */
  static Optional<String> expectedKey(Optional<DiskRecord> present, SshTarget target) {
    return target
        .hostKey()
        .map(SshKeys::normalise)
        .or(() -> known(present).map(DiskRecord::hostKey));
  }

  /**
   * Whether the recorded identity is that of a machine with this key.
   *
   * @param key empty if it has never been seen
   */
  static Disks.Plan plan(Optional<DiskRecord> present, Optional<String> key) {
    Optional<DiskRecord> known = known(present);
    if (known.filter(disk -> key.filter(disk.hostKey()::equals).isPresent()).isPresent()) {
      return new Disks.Plan.Keep(known.get());
    }
    String reason = known.isPresent() ? "the machine's SSH host key changed" : "the machine is new";
    return new Disks.Plan.Fresh(reason, present);
  }

  /** On paper only. */
  DiskRecord of(Optional<String> hostKey) {
    Path address = DiskRecord.machine(target.address());
    return new DiskRecord(
        DiskId.fresh(),
        vm,
        address,
        address,
        hostKey.map(SshKeys::hash).orElse(NO_KEY),
        hostKey.orElse(""),
        hostKey.isPresent(),
        false,
        hostKey.isPresent(),
        Optional.empty());
  }

  /**
   * Records the machine with this key instead of whatever stood for the VM before.
   *
   * @param hostKey what the machine has shown; empty if it never answered
   * @throws dev.castra.error.CastraException with {@code HOST_KEY_MISMATCH} if another VM has it
   */
  DiskRecord replace(Optional<String> hostKey, String reason) {
    // Asked before the old identity goes, which is worth keeping if the new one is refused.
    hostKey.ifPresent(key -> session.disks().refuseSharedKey(vm, key));
    // A disk of Castra's own is kept for `castra clean`; a machine is nothing to keep or delete.
    session
        .disks()
        .present(vm)
        .ifPresent(old -> new DiskRemoval(session).retire(old, reason, !old.isMachine()));
    DiskRecord identity = of(hostKey);
    if (hostKey.isPresent()) {
      session.disks().pinned(identity, target.address(), SshKeys.fingerprint(hostKey.get()));
    } else {
      session.disks().planned(identity);
    }
    return identity;
  }
}
