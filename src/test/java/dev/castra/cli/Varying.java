package dev.castra.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What differs from one run of the same story to the next, made alike. */
final class Varying {
  /** The same value stays the same, a different one a different one. */
  private static final Pattern IDENTITY =
      Pattern.compile(
          "\\b[0-9a-f]{64}\\b|\\b[0-9a-f]{12}\\b|\\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b"
              + "|SHA256:[A-Za-z0-9+/]{43}");

  private static final Map<Pattern, String> QUANTITIES = quantities();

  private Varying() {}

  private static Map<Pattern, String> quantities() {
    Map<Pattern, String> quantities = new LinkedHashMap<>();
    quantities.put(Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z|\\d{8}T\\d{6}Z"), "INSTANT");
    quantities.put(Pattern.compile("(\"(\\w+_ms|pid|attempts)\" ?: ?)\\d+"), "$10");
    quantities.put(Pattern.compile("\\bpid \\d+"), "pid N");
    quantities.put(
        Pattern.compile("\\b\\d+(\\.\\d)?( h \\d\\d min| min \\d\\d s| ms| s| d)\\b"), "TIME");
    quantities.put(Pattern.compile("\\b\\d+ (try|tries)\\b"), "TRIES");
    quantities.put(Pattern.compile("\\|[# ]{30}\\|"), "BAR");
    quantities.put(Pattern.compile("[+-]TIME"), "MORE");
    quantities.put(Pattern.compile(" {2,}"), "  ");
    return quantities;
  }

  static String levelled(String text) {
    Map<String, String> names = new LinkedHashMap<>();
    String levelled =
        IDENTITY
            .matcher(text)
            .replaceAll(
                found ->
                    Matcher.quoteReplacement(
                        names.computeIfAbsent(
                            found.group(), unseen -> "IDENTITY-" + names.size())));
    for (Map.Entry<Pattern, String> quantity : QUANTITIES.entrySet()) {
      levelled = quantity.getKey().matcher(levelled).replaceAll(quantity.getValue());
    }
    return levelled;
  }
}
