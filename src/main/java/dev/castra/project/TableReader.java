package dev.castra.project;

import static dev.castra.project.Backticks.quote;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * Typed access to one TOML table. A value that breaks a rule is recorded as a problem and reads as
 * absent. Every key asked for is a known one; {@link #rejectUnknownKeys} reports the others.
 */
final class TableReader {
  private static final int MAX_SECONDS = 86_400;

  private final TomlTable table;
  private final TomlPosition position;
  private final String path;
  private final boolean arrayElement;
  private final ConfigProblems problems;
  private final Set<String> known = new LinkedHashSet<>();
  private final List<TableReader> children = new ArrayList<>();

  private TableReader(
      TomlTable table,
      TomlPosition position,
      String path,
      boolean arrayElement,
      ConfigProblems problems) {
    this.table = table;
    this.position = position;
    this.path = path;
    this.arrayElement = arrayElement;
    this.problems = problems;
  }

  static TableReader root(TomlTable table, ConfigProblems problems) {
    return new TableReader(table, ConfigProblems.START, "", false, problems);
  }

  Set<String> keys() {
    return table.keySet();
  }

  /** Where the key stands, or the table if it lacks the key. */
  TomlPosition position(String key) {
    TomlPosition found = table.inputPositionOf(List.of(key));
    return found == null ? position : found;
  }

  void problem(String key, String sentence) {
    problems.add(position(key), sentence);
  }

  /** Reports the key if the table lacks it. */
  void require(String key) {
    if (!table.contains(List.of(key))) {
      problem(key, quote(key) + " is missing " + place() + ".");
    }
  }

  Optional<String> string(String key) {
    return string(key, "a string");
  }

  /**
   * @param expected what a value of another type is told, such as "a string in quotes"
   */
  Optional<String> string(String key, String expected) {
    Optional<String> text = value(key, String.class, expected);
    if (text.isPresent() && text.get().indexOf('\0') >= 0) {
      problem(key, quote(key) + " must not contain a NUL character.");
      return Optional.empty();
    }
    return text;
  }

  /** A string that is more than blanks. */
  Optional<String> text(String key) {
    return matching(key, value -> !value.isBlank(), "it must not be blank");
  }

  /**
   * @param rule second half of the sentence that reports another value
   */
  Optional<String> matching(String key, Predicate<String> valid, String rule) {
    return parsed(key, "a string", value -> Optional.of(value).filter(valid), rule);
  }

  <T> Optional<T> parsed(
      String key, String expected, Function<String, Optional<T>> parse, String rule) {
    return parsed(key, expected, parse, typed -> "; " + rule + ".");
  }

  /** One of a few names; the complaint about another one offers the nearest. */
  <T> Optional<T> choice(String key, List<String> names, Function<String, Optional<T>> parse) {
    return parsed(key, "a string", parse, typed -> suggestion(typed, names, "it must be one of"));
  }

  private <T> Optional<T> parsed(
      String key,
      String expected,
      Function<String, Optional<T>> parse,
      UnaryOperator<String> complaint) {
    Optional<String> text = string(key, expected);
    Optional<T> result = text.flatMap(parse);
    if (text.isPresent() && result.isEmpty()) {
      String typed = text.get();
      problem(key, quote(key) + " is " + quote(typed) + complaint.apply(typed));
    }
    return result;
  }

  /** One of an enum's values, by the id it has in castra.toml. */
  <T> Optional<T> choice(String key, T[] values, Function<T, String> id) {
    return choice(
        key,
        Arrays.stream(values).map(id).toList(),
        text -> Arrays.stream(values).filter(value -> id.apply(value).equals(text)).findFirst());
  }

  /** A path as written; one that starts with {@code ~} is refused, as nobody expands it. */
  Optional<Path> path(String key) {
    return matching(
            key,
            value -> !value.isBlank() && !value.startsWith("~"),
            "it must be a path, in which `~` is not expanded")
        .flatMap(value -> toPath(key, value));
  }

  private Optional<Path> toPath(String key, String value) {
    try {
      return Optional.of(Path.of(value));
    } catch (InvalidPathException e) {
      // Happens with letters outside ASCII under LANG=C.
      problem(key, quote(key) + " is not a path in this locale: " + e.getReason() + ".");
      return Optional.empty();
    }
  }

  Optional<Integer> integer(String key, int min, int max) {
    Optional<Long> value = value(key, Long.class, "an integer");
    if (value.isPresent() && (value.get() < min || value.get() > max)) {
      problem(
          key,
          "%s is `%d`; it must be from %d to %d.".formatted(quote(key), value.get(), min, max));
      return Optional.empty();
    }
    return value.map(Long::intValue);
  }

  Optional<Duration> seconds(String key) {
    return integer(key, 1, MAX_SECONDS).map(Duration::ofSeconds);
  }

  /** The sub-table, empty if there is none. */
  TableReader table(String key) {
    TomlTable child = value(key, TomlTable.class, "a table").orElseGet(() -> Toml.parse(""));
    return child(key, child, position(key), false);
  }

  /** True if the key is absent or an empty array. */
  boolean hasNone(String key) {
    Object value = table.get(List.of(key));
    return value == null || (value instanceof TomlArray array && array.isEmpty());
  }

  /** The elements of {@code [[key]]}. */
  List<TableReader> tables(String key) {
    Optional<TomlArray> array =
        value(key, TomlArray.class, "an array of tables, `[[" + childPath(key) + "]]`");
    return array.stream()
        .flatMap(
            found ->
                IntStream.range(0, found.size())
                    .boxed()
                    .flatMap(i -> element(key, found, i).stream()))
        .toList();
  }

  private Optional<TableReader> element(String key, TomlArray array, int index) {
    TomlPosition place = array.inputPositionOf(index);
    if (array.get(index) instanceof TomlTable element) {
      return Optional.of(child(key, element, place, true));
    }
    String found = typeOf(array.get(index));
    problems.add(place, quote(key) + " must hold tables, not " + found + ".");
    return Optional.empty();
  }

  private TableReader child(String key, TomlTable child, TomlPosition place, boolean element) {
    TableReader reader = new TableReader(child, place, childPath(key), element, problems);
    children.add(reader);
    return reader;
  }

  private String childPath(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** To be called on the root after everything was read. */
  void rejectUnknownKeys() {
    for (String key : table.keySet()) {
      if (!known.contains(key)) {
        problem(key, quote(key) + " is not known " + place() + suggestion(key, known, "known are"));
      }
    }
    children.forEach(TableReader::rejectUnknownKeys);
  }

  private String place() {
    if (path.isEmpty()) {
      return "at the top level";
    }
    return arrayElement ? "in `[[" + path + "]]`" : "in `[" + path + "]`";
  }

  private static String suggestion(String typed, Collection<String> names, String otherwise) {
    return NearestName.of(typed, names)
        .map(name -> "; did you mean `" + name + "`?")
        .orElseGet(() -> "; " + otherwise + " " + list(names) + ".");
  }

  private static String list(Collection<String> names) {
    return names.stream().map(Backticks::quote).collect(Collectors.joining(", "));
  }

  private <T> Optional<T> value(String key, Class<T> type, String expected) {
    known.add(key);
    Object value = table.get(List.of(key));
    if (value == null) {
      return Optional.empty();
    }
    if (!type.isInstance(value)) {
      problem(key, quote(key) + " must be " + expected + ", not " + typeOf(value) + ".");
      return Optional.empty();
    }
    return Optional.of(type.cast(value));
  }

  private static String typeOf(Object value) {
    if (value instanceof String) {
      return "a string";
    } else if (value instanceof Long) {
      return "an integer";
    } else if (value instanceof Double) {
      return "a float";
    } else if (value instanceof Boolean) {
      return "a boolean";
    } else if (value instanceof TomlTable) {
      return "a table";
    }
    return value instanceof TomlArray ? "an array" : "a date or time";
  }
}
