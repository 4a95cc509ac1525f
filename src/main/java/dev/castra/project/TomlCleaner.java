package dev.castra.project;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tomlj.Toml;
import org.tomlj.TomlVersion;

/**
 * Copies a faultless TOML text without the values below every key {@code env}. Lines keep their
 * numbers. Not thread-safe.
 */
final class TomlCleaner {
  private static final String REMOVED = "[removed]";

  private final String text;
  private final StringBuilder clean = new StringBuilder();
  private int at;
  private List<String> table = List.of();
  private boolean inEnv;
  private int strangeKeys;

  private TomlCleaner(String text) {
    this.text = text;
  }

  static String clean(String toml) {
    TomlCleaner cleaner = new TomlCleaner(toml);
    cleaner.document();
    return cleaner.clean.toString();
  }

  private void document() {
    gap();
    while (at < text.length()) {
      if (text.charAt(at) == '[') {
        header();
      } else {
        pair(table);
      }
      gap();
    }
  }

  private void header() {
    while (text.charAt(at) == '[') {
      copy(1);
    }
    table = key(List.of());
    inEnv = isEnv(table);
    while (at < text.length() && text.charAt(at) == ']') {
      copy(1);
    }
  }

  private void pair(List<String> parent) {
    inEnv = isEnv(parent);
    List<String> path = key(parent);
    inEnv = isEnv(path);
    copy(1);
    blanks();
    value(path);
  }

  /** Up to the sign after it, blanks included. */
  private List<String> key(List<String> parent) {
    List<String> path = new ArrayList<>(parent);
    while (true) {
      blanks();
      int start = at;
      if (isQuote(text.charAt(at))) {
        at = endOfLine(text.charAt(at));
      } else {
        while (" \t.=]".indexOf(text.charAt(at)) < 0) {
          at++;
        }
      }
      String raw = text.substring(start, at);
      String name = decoded(raw);
      boolean strange = isEnv(path) && !name.matches("[A-Za-z_][A-Za-z0-9_]*");
      clean.append(strange ? "\"removed-" + ++strangeKeys + "\"" : raw);
      path.add(strange ? "removed" : name);
      blanks();
      if (text.charAt(at) != '.') {
        return path;
      }
      copy(1);
    }
  }

  private static String decoded(String raw) {
    if (!isQuote(raw.charAt(0))) {
      return raw;
    }
    String name = Toml.parse("k = " + raw, TomlVersion.V1_1_0).getString("k");
    return name == null ? raw : name;
  }

  private void value(List<String> path) {
    char first = text.charAt(at);
    if (first == '{') {
      copy(1);
      gap();
      while (text.charAt(at) != '}') {
        pair(path);
        next();
      }
      copy(1);
    } else if (first == '[') {
      copy(1);
      gap();
      while (text.charAt(at) != ']') {
        value(path);
        next();
      }
      copy(1);
    } else {
      scalar(path);
    }
    inEnv = isEnv(path);
  }

  private void next() {
    gap();
    if (text.charAt(at) == ',') {
      copy(1);
      gap();
    }
  }

  private void scalar(List<String> path) {
    int start = at;
    at = endOfScalar();
    String raw = text.substring(start, at);
    clean.append(isEnv(path) ? replacement(path, raw) : raw);
  }

  private static String replacement(List<String> path, String raw) {
    String name = path.get(path.size() - 1);
    String shown = "[removed: env " + name + "]";
    long lines = raw.chars().filter(letter -> letter == '\n').count();
    return lines == 0
        ? "\"" + shown + "\""
        : "\"\"\"" + shown + "\n".repeat((int) lines) + "\"\"\"";
  }

  private int endOfScalar() {
    char first = text.charAt(at);
    if (!isQuote(first)) {
      int end = at;
      while (end < text.length() && ",]}#\r\n".indexOf(text.charAt(end)) < 0) {
        end++;
      }
      while (Character.isWhitespace(text.charAt(end - 1))) {
        end--;
      }
      return end;
    }
    return text.startsWith(String.valueOf(first).repeat(3), at)
        ? endOfLines(first)
        : endOfLine(first);
  }

  private int endOfLine(char quote) {
    int end = at + 1;
    while (text.charAt(end) != quote) {
      end += quote == '"' && text.charAt(end) == '\\' ? 2 : 1;
    }
    return end + 1;
  }

  /** Up to two quotation marks may stand before the three that end it. */
  private int endOfLines(char quote) {
    int end = at + 3;
    String marks = String.valueOf(quote).repeat(3);
    while (!text.startsWith(marks, end)) {
      end += quote == '"' && text.charAt(end) == '\\' ? 2 : 1;
    }
    end += 3;
    while (end < text.length() && text.charAt(end) == quote) {
      end++;
    }
    return end;
  }

  private void blanks() {
    while (at < text.length() && " \t".indexOf(text.charAt(at)) >= 0) {
      copy(1);
    }
  }

  /** Blanks, ends of lines and comments. */
  private void gap() {
    while (at < text.length()) {
      char letter = text.charAt(at);
      if (letter == '#') {
        comment();
      } else if (Character.isWhitespace(letter) || letter == '\ufeff') {
        copy(1);
      } else {
        return;
      }
    }
  }

  /** One may hold a value that is out of use for now, so nothing stays after a sign of one. */
  private void comment() {
    int start = at;
    while (at < text.length() && "\r\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String comment = text.substring(start, at);
    int sign = inEnv ? 1 : 1 + indexOfSign(comment);
    clean.append(
        sign > 0 && sign < comment.length() ? comment.substring(0, sign) + " " + REMOVED : comment);
  }

  private static int indexOfSign(String comment) {
    for (int i = 0; i < comment.length(); i++) {
      if ("=:".indexOf(comment.charAt(i)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private void copy(int letters) {
    clean.append(text, at, at + letters);
    at += letters;
  }

  private static boolean isQuote(char letter) {
    return letter == '"' || letter == '\'';
  }

  static boolean isEnv(List<String> path) {
    return path.stream().anyMatch(name -> name.toLowerCase(Locale.ROOT).equals("env"));
  }
}
