package dev.castra.qemu;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a line on a serial console means for a guest that is waited for. */
public enum SerialSign {
  /** {@code panic()} in Linux's {@code kernel/panic.c}; the guest does nothing any more. */
  KERNEL_PANIC(
      "kernel-panic",
      "a kernel panic",
      "The guest's kernel has stopped; the lines above its last words say why. Usual causes are a"
          + " root file system that is not found and too little `memory`.",
      "(?:^|\\] )(Kernel panic - not syncing.*)"),
  NO_BOOTABLE_DEVICE(
      "no-bootable-device",
      "firmware that found nothing to boot",
      "The base image must be a whole disk that boots by BIOS; a bare partition or an image made"
          + " for UEFI alone does not.",
      "^((?:No bootable device|Missing operating system|Operating system not found"
          + "|This is not a bootable disk).*)"),
  BOOT_LOADER_PROMPT(
      "boot-loader-prompt",
      "the prompt of a boot loader",
      "The boot loader found no system to start: check that the base image is complete and boots"
          + " by BIOS.",
      "(?:^|\\s)(grub(?: rescue)? ?>)$|^(No DEFAULT or UI configuration directive found!?)"),
  EMERGENCY_SHELL(
      "emergency-shell",
      "an emergency shell",
      "The guest could not mount its file systems and waits for somebody at its console; the lines"
          + " before it say which one.",
      "((?:ALERT! .*)?Dropping to a shell!?|\\(initramfs\\)|dracut(?:-\\w+)?:\\S*#"
          + "|(?:You are in|Welcome to) (?:emergency|rescue) mode"
          + "|Entering emergency mode|dropped into an emergency shell"
          + "|initramfs emergency recovery shell launched|Give root password for maintenance"
          + "|Press Enter for maintenance)"),
  LOGIN_PROMPT(
      "login-prompt",
      "a login prompt",
      "The guest has booted but does not answer on SSH: its image has no SSH server that starts by"
          + " itself, or its network interface is not up.",
      // A kernel message or a status of systemd may come to stand behind the prompt.
      "^((?:\\S+ )?login:)(?: ?\\[.*| \\S+ \\(automatic login\\))?$");

  private final String id;
  private final String label;
  private final String remedy;
  private final Pattern pattern;

  SerialSign(String id, String label, String remedy, String pattern) {
    this.id = id;
    this.label = label;
    this.remedy = remedy;
    this.pattern = Pattern.compile(pattern);
  }

  /**
   * A sign and the words that gave it away.
   *
   * @param words part of a line
   */
  record Found(SerialSign sign, String words) {}

  /** The sign in this line, finished or not. */
  static Optional<Found> in(String line) {
    for (SerialSign sign : values()) {
      Matcher matcher = sign.pattern.matcher(line);
      if (matcher.find()) {
        String words = matcher.group(1) == null ? matcher.group() : matcher.group(1);
        return Optional.of(new Found(sign, words.strip()));
      }
    }
    return Optional.empty();
  }

  /** Stable, kebab-case. */
  public String id() {
    return id;
  }

  /** For people: what the console shows. */
  public String label() {
    return label;
  }

  /** For people: what it may come from, in whole sentences. */
  public String remedy() {
    return remedy;
  }
}
