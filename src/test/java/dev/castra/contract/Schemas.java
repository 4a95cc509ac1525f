package dev.castra.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import dev.castra.event.JsonText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The schemas in docs, and which one a document goes by. Thread-safe. */
public final class Schemas {
  public static final String RUN_LOG = "run-log";
  public static final String STATUS = "status";
  public static final String PLAN = "plan";
  public static final String STAMPS = "stamps";
  public static final String STAMP_EXPLANATION = "stamp-explanation";
  public static final String HISTORY = "history";
  public static final String RUN = "run";
  public static final String REPORT = "report";
  public static final String RUN_DIFF = "run-diff";
  public static final String STEP_STATS = "step-stats";
  public static final String DATABASE_CHECK = "database-check";
  public static final String DATABASE_EXPORT = "database-export";

  private static final Path FOLDER = Path.of("docs", "schemas").toAbsolutePath();
  private static final String SUFFIX = ".schema.json";
  public static final String PRUNE = "prune";
  private static final String EVENTS = "events/";

  /** Documents that are no events, and the fields by which they are recognised. */
  private static final Map<String, Set<String>> MARKS =
      Map.ofEntries(
          Map.entry(RUN_LOG, Set.of("output_log")),
          Map.entry(STATUS, Set.of("state_root", "vms")),
          Map.entry(PLAN, Set.of("project", "vms")),
          Map.entry(STAMPS, Set.of("stamps")),
          Map.entry(STAMP_EXPLANATION, Set.of("next_up")),
          Map.entry(HISTORY, Set.of("runs", "more")),
          Map.entry(PRUNE, Set.of("runs", "boots")),
          Map.entry(REPORT, Set.of("removed_env")),
          Map.entry(RUN, Set.of("since_run_before")),
          Map.entry(RUN_DIFF, Set.of("left", "right")),
          Map.entry(STEP_STATS, Set.of("step_stats")),
          Map.entry(DATABASE_CHECK, Set.of("ok", "findings")),
          Map.entry(DATABASE_EXPORT, Set.of("exported_at")));

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          registry ->
              registry
                  .schemas(Schemas::read)
                  .schemaRegistryConfig(
                      SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
  private static final Map<String, Schema> LOADED = new ConcurrentHashMap<>();

  private Schemas() {}

  /** Of every schema, such as {@code status} or {@code events/UpStarted}. */
  public static Set<String> names() {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> FOLDER.relativize(file).toString().replace(SUFFIX, ""))
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The schema itself. */
  public static JsonNode document(String schema) {
    return JsonText.parse(read(location(schema)));
  }

  private static String location(String schema) {
    return FOLDER.resolve(schema + SUFFIX).toUri().toString();
  }

  /** Name of the schema for events of a type. */
  public static String ofEvent(String type) {
    return EVENTS + type;
  }

  /** What is wrong with a document; empty if nothing is. */
  public static List<String> complaints(String schema, JsonNode document) {
    return LOADED.computeIfAbsent(schema, Schemas::load).validate(document).stream()
        .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
        .toList();
  }

  private static Schema load(String schema) {
    return REGISTRY.getSchema(SchemaLocation.of(location(schema)));
  }

  /** References are followed within the folder, never into the network. */
  private static String read(String location) {
    Path file = Path.of(URI.create(location));
    if (!file.startsWith(FOLDER)) {
      throw new AssertionError(location + " is not in " + FOLDER);
    }
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Fails the test unless the document goes by its schema; one without {@code schema_version} is
   * none that castra hands out.
   *
   * @return the document
   */
  public static JsonNode valid(JsonNode document) {
    if (document.has("schema_version")) {
      List<String> complaints = complaints(schemaOf(document), document);
      if (!complaints.isEmpty()) {
        throw new AssertionError(String.join("\n", complaints) + "\nin " + document);
      }
    }
    return document;
  }

  /** As {@link #valid(JsonNode)}, of a text. */
  public static JsonNode valid(String text) {
    return valid(JsonText.parse(text));
  }

  /** The schema that a document with {@code schema_version} goes by. */
  static String schemaOf(JsonNode document) {
    if (document.has("type")) {
      return ofEvent(document.get("type").asText());
    }
    return MARKS.entrySet().stream()
        .filter(marks -> marks.getValue().stream().allMatch(document::has))
        .max(Comparator.comparing(marks -> marks.getValue().contains("state_root")))
        .map(Map.Entry::getKey)
        .orElseThrow(() -> new AssertionError("no schema for " + document));
  }

  /** Holds every durable run log below a state root to its schema. */
  public static void validRunLogs(Path stateRoot) throws IOException {
    Path logs = stateRoot.resolve("logs").resolve("bootstrap");
    if (!Files.isDirectory(logs)) {
      return;
    }
    try (Stream<Path> files = Files.walk(logs)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".json")).toList()) {
        valid(Files.readString(file));
      }
    }
  }
}
