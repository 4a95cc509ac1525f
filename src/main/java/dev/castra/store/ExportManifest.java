package dev.castra.store;

import dev.castra.event.CastraEvent;
import dev.castra.event.Fields;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an export holds: {@code manifest.json} in its folder.
 *
 * @param schemaVersion of the database
 * @param engine version of the H2 that read it
 */
public record ExportManifest(
    String castraVersion,
    Instant exportedAt,
    int schemaVersion,
    String engine,
    List<Table> tables) {
  static final String FILE = "manifest.json";

  public ExportManifest {
    tables = List.copyOf(tables);
  }

  /**
   * One table.
   *
   * @param nextIdentity what the next generated key would be, if the table generates one
   * @param sha256 by file name
   * @param troubles what could not be read, and what cannot be
   */
  public record Table(
      String name,
      long rows,
      Optional<Long> nextIdentity,
      Map<String, String> sha256,
      List<String> troubles) {
    public Table {
      sha256 = Map.copyOf(sha256);
      troubles = List.copyOf(troubles);
    }

    Table with(List<String> moreTroubles) {
      return new Table(
          name,
          rows,
          nextIdentity,
          sha256,
          Stream.concat(troubles.stream(), moreTroubles.stream()).toList());
    }
  }

  /** True if every row of every table was read, and nothing speaks against it. */
  public boolean complete() {
    return tables.stream().allMatch(table -> table.troubles().isEmpty());
  }

  /** Rows of each table. */
  public Map<String, Long> rows() {
    Map<String, Long> rows = new TreeMap<>();
    tables.forEach(table -> rows.put(table.name(), table.rows()));
    return rows;
  }

  /** The JSON form. */
  public Map<String, @Nullable Object> fields() {
    return Fields.of(
        "schema_version",
        CastraEvent.SCHEMA_VERSION,
        "castra_version",
        castraVersion,
        "exported_at",
        exportedAt.toString(),
        "database_schema_version",
        schemaVersion,
        "engine",
        engine,
        "complete",
        complete(),
        "tables",
        tables.stream().map(ExportManifest::fields).toList());
  }

  private static Map<String, @Nullable Object> fields(Table table) {
    return Fields.of(
        "table",
        table.name(),
        "rows",
        table.rows(),
        "next_identity",
        table.nextIdentity().orElse(null),
        "files",
        new TreeMap<>(table.sha256())
            .entrySet().stream()
                .map(file -> Fields.of("file", file.getKey(), "sha256", file.getValue()))
                .toList(),
        "findings",
        table.troubles());
  }
}
