package dev.castra.bootstrap.step;

import dev.castra.bootstrap.RunContext;
import dev.castra.guest.GuestPath;
import java.util.UUID;

/**
 * Where runs live in the guest: one folder per attempt below one for the VM and its disk, since
 * other projects may share a machine that exists already, and the configured folder on it.
 */
final class RunFolders {
  /** As much of a disk's identifier as tells one project's VM from another's of that name. */
  private static final int SHOWN = "78fbf512-69fd".length();

  private RunFolders() {}

  static GuestPath parent(RunContext context) {
    return new GuestPath(context.artifact().spec().remoteDir()).resolve(place(context));
  }

  /** The same in every configured folder. */
  static String place(RunContext context) {
    return "runs/" + context.vm() + "-" + context.disk().toString().substring(0, SHOWN);
  }

  static GuestPath of(RunContext context, UUID attempt) {
    return parent(context).resolve(attempt.toString());
  }
}
