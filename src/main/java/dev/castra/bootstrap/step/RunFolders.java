package dev.castra.bootstrap.step;

import dev.castra.bootstrap.RunContext;
import dev.castra.guest.GuestPath;
import java.util.UUID;

/** Where runs live in the guest: one folder per attempt below the configured one. */
final class RunFolders {
  private RunFolders() {}

  static GuestPath parent(RunContext context) {
    return new GuestPath(context.artifact().spec().remoteDir()).resolve("runs");
  }

  static GuestPath of(RunContext context, UUID attempt) {
    return parent(context).resolve(attempt.toString());
  }
}
