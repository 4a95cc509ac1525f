package dev.castra.vm;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** When a VM is bootstrapped. */
public enum BootstrapMode {
  /** Run unless the VM's disk already holds this stamp. */
  AUTO,
  /** Run whatever the stamps say. */
  ALWAYS,
  /** Never run; stamps are neither read nor written. */
  DISABLED;

  /** Spellings offered in messages. */
  public static final List<String> NAMES = List.of("auto", "always", "disabled");

  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Accepts the names, {@code force}, {@code skip} and {@code off}, in any case. */
  public static Optional<BootstrapMode> parse(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "auto" -> Optional.of(AUTO);
      case "always", "force" -> Optional.of(ALWAYS);
      case "disabled", "skip", "off" -> Optional.of(DISABLED);
      default -> Optional.empty();
    };
  }
}
