package dev.castra.vm;

import java.util.regex.Pattern;

/**
 * Name of a VM or role: a DNS label, so it can be a host name, a folder and a table key unchanged.
 */
public record VmName(String value) implements Comparable<VmName> {
  private static final Pattern VALID = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  /**
   * @throws IllegalArgumentException if the name does not match {@code [a-z0-9][a-z0-9-]{0,62}}
   */
  public VmName {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "VM name `" + value + "` does not match `[a-z0-9][a-z0-9-]{0,62}`.");
    }
  }

  public static boolean isValid(String value) {
    return VALID.matcher(value).matches();
  }

  @Override
  public int compareTo(VmName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
