package dev.castra.project;

import static dev.castra.project.Backticks.quote;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads an {@code env} table. Values are secrets: no problem ever shows one. */
final class EnvTable {
  private static final Pattern KEY = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final String RESERVED = "CASTRA_";

  private EnvTable() {}

  static Map<String, String> read(TableReader table) {
    Map<String, String> env = new TreeMap<>();
    for (String key : table.keys()) {
      table.string(key, "a string in quotes").ifPresent(value -> env.put(key, value));
      checkKey(table, key);
    }
    return env;
  }

  private static void checkKey(TableReader table, String key) {
    if (key.startsWith(RESERVED)) {
      table.problem(
          key, quote(key) + " is reserved; names that start with `CASTRA_` are set by Castra.");
    } else if (!KEY.matcher(key).matches()) {
      table.problem(key, "Variable " + quote(shown(key)) + " must match `[A-Za-z_][A-Za-z0-9_]*`.");
    }
  }

  /** {@code "TOKEN=secret" = ""} is a mistake whose second half must not be shown. */
  private static String shown(String key) {
    int equals = key.indexOf('=');
    return equals < 0 ? key : key.substring(0, equals + 1);
  }
}
