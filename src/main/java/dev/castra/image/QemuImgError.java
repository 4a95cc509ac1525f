package dev.castra.image;

import dev.castra.process.Command;

/** The part of {@code qemu-img}'s complaint that is worth showing. */
final class QemuImgError {
  private static final int MOST_CHARS = 300;

  private QemuImgError() {}

  /**
   * What it wrote to stderr on one line, bounded, without a full stop; or the exit code if it said
   * nothing.
   */
  static String of(Command.Result result) {
    String text = result.stderr().strip().replaceAll("\\s*\\R\\s*", " ");
    if (text.isEmpty()) {
      return "exit code " + result.exitCode();
    }
    String bounded = text.length() > MOST_CHARS ? text.substring(0, MOST_CHARS) + "…" : text;
    return bounded.endsWith(".") ? bounded.substring(0, bounded.length() - 1) : bounded;
  }
}
