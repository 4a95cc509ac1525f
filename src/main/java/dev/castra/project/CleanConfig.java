package dev.castra.project;

import dev.castra.error.CastraException;
import dev.castra.vm.EnvSecret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/**
 * A castra.toml as others may read it, whether Castra could carry it out or not.
 *
 * @param stateRoot where it puts its state root; the usual place if it does not parse
 * @param text without values of env entries; empty if it has to be left out
 * @param secrets values of env entries; empty if the file does not parse
 * @param trouble why the text has to be left out
 */
public record CleanConfig(
    StateRoot stateRoot,
    Optional<String> text,
    Optional<List<EnvSecret>> secrets,
    Optional<String> trouble) {
  private static final String REMOVED = "[removed]";

  /** Credentials that are often written into commands. */
  private static final List<Pattern> CREDENTIALS =
      List.of(
          Pattern.compile("(://[^/\\s:@\"']*:)[^/\\s@\"']+(?=@)"),
          Pattern.compile("(?i)(\\b(?:bearer|basic)[ \\t]+)[\\w.~+/=-]{8,}"),
          Pattern.compile(
              "(?i)((?:password|passwd|token|secret|api[_-]?key)[=:][ \\t]*)[^\\s\"'&;\\\\]+"));

  public CleanConfig {
    secrets = secrets.map(List::copyOf);
  }

  /**
   * Reads the file; what is wrong with it is no failure.
   *
   * @param configFile canonical path
   */
  public static CleanConfig read(Path configFile) {
    Path folder = ConfigLocator.folderOf(configFile);
    try {
      byte[] bytes = ConfigText.read(configFile);
      TomlTable document = ConfigText.parse(bytes, configFile);
      return of(new String(bytes, StandardCharsets.UTF_8), document, folder);
    } catch (CastraException e) {
      return new CleanConfig(
          StateRoot.besides(configFile),
          Optional.empty(),
          Optional.empty(),
          Optional.of("it cannot be read: " + firstLine(e.getMessage())));
    }
  }

  private static CleanConfig of(String text, TomlTable document, Path folder) {
    TableReader root = TableReader.root(document, new ConfigProblems());
    StateRoot stateRoot = ProjectSettings.read(root.table("project"), folder).stateRoot();
    List<EnvSecret> secrets = new ArrayList<>();
    collect(document, List.of(), secrets);
    Optional<String> clean = clean(text, document);
    return new CleanConfig(
        stateRoot,
        clean.map(CleanConfig::withoutCredentials),
        Optional.of(secrets),
        clean.isPresent()
            ? Optional.empty()
            : Optional.of("the values of its env entries could not be removed for certain"));
  }

  private static void collect(Object value, List<String> path, List<EnvSecret> secrets) {
    if (value instanceof TomlTable table) {
      for (String key : table.keySet()) {
        List<String> inner = new ArrayList<>(path);
        inner.add(key);
        collect(table.get(List.of(key)), inner, secrets);
        int equals = key.indexOf('=');
        if (TomlCleaner.isEnv(path) && equals >= 0) {
          secrets.add(new EnvSecret(key.substring(0, equals), key.substring(equals + 1)));
        }
      }
    } else if (value instanceof TomlArray array) {
      array.toList().forEach(item -> collect(item, path, secrets));
    } else if (TomlCleaner.isEnv(path)) {
      secrets.add(new EnvSecret(path.get(path.size() - 1), String.valueOf(value)));
    }
  }

  /** Empty unless the copy is the same document but for values of env entries. */
  private static Optional<String> clean(String text, TomlTable document) {
    try {
      String clean = TomlCleaner.clean(text);
      TomlTable copy = ConfigText.parse(clean.getBytes(StandardCharsets.UTF_8), Path.of("copy"));
      return isCleanCopy(document, copy, false) ? Optional.of(clean) : Optional.empty();
    } catch (CastraException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  private static boolean isCleanCopy(Object value, Object copy, boolean env) {
    if (value instanceof TomlTable table && copy instanceof TomlTable other) {
      return isCleanTable(table, other, env);
    }
    if (value instanceof TomlArray array && copy instanceof TomlArray other) {
      boolean clean = array.size() == other.size();
      for (int i = 0; clean && i < array.size(); i++) {
        clean = isCleanCopy(array.get(i), other.get(i), env);
      }
      return clean;
    }
    return env
        ? copy instanceof String removed && removed.startsWith("[removed")
        : value.equals(copy);
  }

  private static boolean isCleanTable(TomlTable table, TomlTable copy, boolean env) {
    Set<String> keys = table.keySet();
    if (keys.size() != copy.keySet().size()) {
      return false;
    }
    for (String key : copy.keySet()) {
      List<String> path = List.of(key);
      boolean inEnv = env || TomlCleaner.isEnv(path);
      Object original = keys.contains(key) ? table.get(path) : null;
      Object copied = copy.get(path);
      // A key of an env entry that can be none was removed too, with whatever it held.
      boolean same =
          original == null
              ? env && key.startsWith("removed-")
              : copied != null && isCleanCopy(original, copied, inEnv);
      if (!same) {
        return false;
      }
    }
    return true;
  }

  private static String withoutCredentials(String text) {
    String clean = text;
    for (Pattern credential : CREDENTIALS) {
      clean =
          credential
              .matcher(clean)
              .replaceAll("$1" + java.util.regex.Matcher.quoteReplacement(REMOVED));
    }
    return clean;
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse(message);
  }

  /** Never prints a secret. */
  @Override
  public String toString() {
    return "CleanConfig[" + stateRoot + "]";
  }
}
