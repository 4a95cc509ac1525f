package dev.castra.project;

import java.util.Set;
import java.util.regex.Pattern;

/** Which folders of the guest Castra may take for itself. */
final class RemoteDir {
  static final String DEFAULT = "/var/lib/castra";
  static final String RULE =
      "it must be an absolute path of two or more names made of `A-Za-z0-9._-`,"
          + " and no folder of the system";

  private static final Pattern PATH = Pattern.compile("(?:/[A-Za-z0-9._-]+){2,}");
  private static final Pattern DOTS = Pattern.compile(".*/\\.{1,2}(?:/.*)?");

  /** Nothing inside these: programs, settings, or not a file system at all. */
  private static final Pattern SYSTEM =
      Pattern.compile("/(?:bin|boot|dev|etc|lib|lib32|lib64|libx32|proc|sbin|sys)/.*");

  /** Shared by everything in the guest, so never Castra's own; folders inside are fine. */
  private static final Set<String> SHARED =
      Set.of(
          "/usr/bin",
          "/usr/lib",
          "/usr/lib64",
          "/usr/libexec",
          "/usr/local",
          "/usr/sbin",
          "/usr/share",
          "/var/cache",
          "/var/lib",
          "/var/log",
          "/var/run",
          "/var/spool",
          "/var/tmp");

  private RemoteDir() {}

  static boolean isValid(String path) {
    return PATH.matcher(path).matches()
        && !DOTS.matcher(path).matches()
        && !SYSTEM.matcher(path).matches()
        && !SHARED.contains(path);
  }
}
