package dev.castra.bootstrap;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything that was hashed into an artifact, in the order it was hashed. */
public record Manifest(List<ManifestEntry> entries) {
  private static final int MOST_SHOWN = 3;

  public Manifest {
    entries = List.copyOf(entries);
  }

  /**
   * An entry that two manifests do not have alike.
   *
   * @param before as the older one has it; empty if it has none
   * @param after as the newer one has it; empty if it has none
   */
  public record Difference(Optional<ManifestEntry> before, Optional<ManifestEntry> after) {
    /** Whichever there is, the newer one first. */
    public ManifestEntry entry() {
      return after.or(() -> before).orElseThrow();
    }
  }

  /** What differs, in this manifest's order; what only {@code older} has comes last. */
  public List<Difference> differencesFrom(Manifest older) {
    Map<String, ManifestEntry> before = older.byLabel();
    List<Difference> differences = new ArrayList<>();
    byLabel()
        .forEach(
            (label, entry) -> {
              ManifestEntry old = before.remove(label);
              if (!entry.equals(old)) {
                differences.add(new Difference(Optional.ofNullable(old), Optional.of(entry)));
              }
            });
    before
        .values()
        .forEach(old -> differences.add(new Difference(Optional.of(old), Optional.empty())));
    return differences;
  }

  /** What this manifest has that {@code older} had not, or had otherwise, one phrase each. */
  public List<String> changesSince(Manifest older) {
    return differencesFrom(older).stream().map(Manifest::describe).toList();
  }

  /** {@link #changesSince} as one bounded phrase. */
  public String summaryOfChangesSince(Manifest older) {
    List<String> changes = changesSince(older);
    int shown = Math.min(MOST_SHOWN, changes.size());
    String more = changes.size() > shown ? " and " + (changes.size() - shown) + " more" : "";
    return String.join(", ", changes.subList(0, shown)) + more;
  }

  private static String describe(Difference difference) {
    String label = difference.entry().label();
    if (difference.before().isEmpty()) {
      return label + " added";
    }
    return difference
        .after()
        .map(now -> describe(label, difference.before().get(), now))
        .orElse(label + " removed");
  }

  private static String describe(String label, ManifestEntry old, ManifestEntry now) {
    if (now.kind() == ManifestEntry.Kind.ENV) {
      return label + " changed";
    }
    if (old.kind() != now.kind()) {
      return label + " changed from " + old.kind().id() + " to " + now.kind().id();
    }
    if (old.sha256().equals(now.sha256())) {
      return String.format("%s mode changed (%04o to %04o)", label, old.mode(), now.mode());
    }
    return label + " changed (" + old.sha256().brief() + " to " + now.sha256().brief() + ")";
  }

  private Map<String, ManifestEntry> byLabel() {
    Map<String, ManifestEntry> map = new LinkedHashMap<>();
    entries.forEach(entry -> map.put(entry.label(), entry));
    return map;
  }
}
