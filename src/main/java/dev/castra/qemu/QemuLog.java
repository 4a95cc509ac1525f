package dev.castra.qemu;

import dev.castra.vm.Accelerator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What QEMU wrote about a start that failed.
 *
 * @param text the end of the log
 */
record QemuLog(String text) {
  private static final int MOST_BYTES = 8192;
  private static final int MOST_CHARS = 500;

  /** Time stamp ({@code -msg timestamp=on}) and program name that QEMU puts before a message. */
  private static final Pattern PREFIX = Pattern.compile("(?m)^(\\S+Z )?qemu-system-\\w+: ");

  /** {@code net/slirp.c}: QEMU could not bind the host's side of a forward. */
  private static final Pattern PORT_TAKEN =
      Pattern.compile("Could not set up host forwarding rule '(?:tcp|udp):[^:']*:(\\d{1,5})-");

  static QemuLog read(Path log) throws IOException {
    try (InputStream content = Files.newInputStream(log)) {
      content.skipNBytes(Math.max(0, Files.size(log) - MOST_BYTES));
      byte[] end = content.readNBytes(MOST_BYTES);
      return new QemuLog(new String(end, StandardCharsets.UTF_8).strip());
    }
  }

  /** Why a start with {@code accelerator} failed. */
  LaunchResult reason(Accelerator accelerator) {
    Matcher taken = PORT_TAKEN.matcher(text);
    if (taken.find()) {
      return new LaunchResult.PortTaken(Integer.parseInt(taken.group(1)), lastMessage());
    }
    if (accelerator == Accelerator.KVM && text.toLowerCase(Locale.ROOT).contains("kvm")) {
      return new LaunchResult.KvmRefused(lastMessage());
    }
    return new LaunchResult.Refused(lastMessage());
  }

  /** QEMU's last message on one line, with the hints that it printed below it. */
  private String lastMessage() {
    if (text.isEmpty()) {
      return "QEMU said nothing";
    }
    int start = 0;
    for (Matcher prefix = PREFIX.matcher(text); prefix.find(); ) {
      start = prefix.end();
    }
    String message = text.substring(start).replaceAll("\\s*\\R\\s*", " ");
    return message.length() > MOST_CHARS ? message.substring(0, MOST_CHARS) + "…" : message;
  }
}
