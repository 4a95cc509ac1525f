package dev.castra.operation;

import dev.castra.store.DiskRecord;
import dev.castra.store.StampRecord;
import java.util.Locale;

/** What a stamp is worth now. */
public enum StampState {
  /** It is what the VM's present disk holds. */
  CURRENT,
  /** A newer successful run on the same disk wrote another one. */
  SUPERSEDED,
  /** A run left the disk unknown, or a user took the stamp back. */
  WITHDRAWN,
  /** The disk is no longer the VM's, or its file is gone. */
  DISK_GONE,
  /** A script is changing the disk, or was left behind while it did. */
  UNCERTAIN;

  /** Lower-case name as used in JSON and text. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Looks whether the disk's file is there; the first that applies is told. */
  static StampState of(StampRecord stamp) {
    if (stamp.withdrawal().isPresent()) {
      return WITHDRAWN;
    }
    if (!stamp.disk().isPresent() || !DiskRecord.isThere(stamp.disk().path())) {
      return DISK_GONE;
    }
    if (stamp.disk().lastSuccess().filter(stamp.run()::equals).isEmpty()) {
      return SUPERSEDED;
    }
    return stamp.scriptBegan() ? UNCERTAIN : CURRENT;
  }
}
