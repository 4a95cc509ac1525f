package dev.castra.event;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The JSON form of every event as its readers rely on it: a file per type, a line per variant. */
public final class EventGoldens {
  /** Fields that come first in every event. */
  public static final List<String> ENVELOPE =
      List.of("schema_version", "seq", "ts", "type", "vm", "run_id");

  private static final Path FOLDER = Path.of("src", "test", "resources", "golden", "events");
  private static final String SUFFIX = ".jsonl";

  private EventGoldens() {}

  /** Types that have a golden. */
  public static Set<String> types() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString().replace(SUFFIX, ""))
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Types that castra can emit. */
  public static Set<String> permitted() {
    return records(CastraEvent.class)
        .map(Class::getSimpleName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<Class<?>> records(Class<?> kind) {
    return kind.isRecord()
        ? Stream.of(kind)
        : Arrays.stream(kind.getPermittedSubclasses()).flatMap(EventGoldens::records);
  }

  public static List<String> lines(String type) {
    try {
      return Files.readAllLines(FOLDER.resolve(type + SUFFIX));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The fields every event of the type has, the envelope's first. */
  public static List<String> fieldNames(String type) {
    return JsonText.fieldNames(JsonText.parse(lines(type).get(0)));
  }

  /** The fields of the type without the envelope's. */
  public static List<String> ownFieldNames(String type) {
    return fieldNames(type).stream().filter(name -> !ENVELOPE.contains(name)).toList();
  }
}
