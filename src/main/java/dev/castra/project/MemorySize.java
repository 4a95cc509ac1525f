package dev.castra.project;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Guest memory as written in castra.toml: {@code 512 MiB}, {@code 2 GiB}, {@code 512M}. */
final class MemorySize {
  static final String EXPECTED = "a string such as `\"512 MiB\"`";
  static final String RULE =
      "it must be a size such as `512 MiB` or `2 GiB`, from `64 MiB` to `1024 GiB`";

  private static final int MIN_MIB = 64;
  private static final int MAX_MIB = 1024 * 1024;

  // As in QEMU, M and G are binary; MB and GB, which others read as decimal, are refused.
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,9}) *([MG])(?:iB)?");

  private MemorySize() {}

  /** The size in MiB; absent if it is badly written or out of range. */
  static Optional<Integer> parseMib(String text) {
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long mib = Long.parseLong(matcher.group(1)) * (matcher.group(2).equals("G") ? 1024 : 1);
    return mib < MIN_MIB || mib > MAX_MIB ? Optional.empty() : Optional.of((int) mib);
  }
}
