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
  private static final String SCHEME = "ssh:";

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
    return present.filter(disk -> isForeign(disk.path()) && disk.complete());
  }

  /**
   * The key the machine must show: the one that castra.toml names, else the one it showed first.
   */
  static Optional<String> expectedKey(SshTarget target, Optional<DiskRecord> present) {
    return target
        .hostKey()
        .map(SshKeys::normalise)
        .or(() -> known(present).map(DiskRecord::hostKey));
  }

  /** Whether {@code present} stands for the machine with this key. Pure. */
  static Disks.Plan plan(Optional<DiskRecord> present, Optional<String> key) {
    Optional<DiskRecord> known = known(present);
    if (known.isPresent() && key.filter(known.get().hostKey()::equals).isPresent()) {
      return new Disks.Plan.Keep(known.get());
    }
    String reason = known.isPresent() ? "the machine's SSH host key changed" : "the machine is new";
    return new Disks.Plan.Fresh(reason, present);
  }

  /** On paper only. */
  DiskRecord of(Optional<String> hostKey) {
    Path address = Path.of(SCHEME + target.address());
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

  /** Records the machine with this key instead of whatever stood for the VM before. */
  DiskRecord replace(Optional<String> hostKey, String reason) {
    // A disk of Castra's own is kept for `castra clean`; a machine is nothing to keep or delete.
    session
        .disks()
        .present(vm)
        .ifPresent(old -> new DiskRemoval(session).retire(old, reason, !isForeign(old.path())));
    DiskRecord identity = of(hostKey);
    if (hostKey.isPresent()) {
      session.disks().pinned(identity, target.address(), SshKeys.fingerprint(hostKey.get()));
    } else {
      session.disks().planned(identity);
    }
    return identity;
  }

  /** True for what stands for a machine, which has no file. */
  static boolean isForeign(Path disk) {
    return disk.toString().startsWith(SCHEME);
  }
}
