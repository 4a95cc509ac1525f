package dev.castra.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.bootstrap.ManifestEntry.Kind;
import dev.castra.vm.Sha256;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ManifestTest {
  private static final Sha256 ONE = new Sha256("1a".repeat(32));
  private static final Sha256 TWO = new Sha256("2b".repeat(32));

  static ManifestEntry entry(Kind kind, String name, int mode, Sha256 content) {
    return new ManifestEntry(kind, name, mode, 0, content);
  }

  private static ManifestEntry file(String name, Sha256 content) {
    return entry(Kind.FILE, name, 0644, content);
  }

  private static List<String> changes(List<ManifestEntry> before, List<ManifestEntry> after) {
    return new Manifest(after).changesSince(new Manifest(before));
  }

  private static String change(ManifestEntry before, ManifestEntry after) {
    return String.join("; ", changes(List.of(before), List.of(after)));
  }

  @Test
  void sameEntriesAreNoChange() {
    List<ManifestEntry> entries = List.of(file("a", ONE), entry(Kind.ENV, "A", 0, TWO));

    assertThat(changes(entries, entries)).isEmpty();
    assertThat(changes(List.of(), List.of())).isEmpty();
    assertThat(new Manifest(entries).summaryOfChangesSince(new Manifest(entries))).isEmpty();
  }

  @Test
  void namesWhatIsNewThenWhatIsGone() {
    assertThat(
            changes(
                List.of(file("gone", ONE), file("stays", ONE)),
                List.of(file("new", ONE), file("stays", ONE))))
        .containsExactly("`payload/new` added", "`payload/gone` removed");
  }

  @Test
  void tellsContentFromMode() {
    assertThat(change(file("a", ONE), file("a", TWO)))
        .isEqualTo("`payload/a` changed (1a1a1a1a1a1a to 2b2b2b2b2b2b)");
    assertThat(change(file("a", ONE), entry(Kind.FILE, "a", 04755, ONE)))
        .isEqualTo("`payload/a` mode changed (0644 to 4755)");
    assertThat(change(file("a", ONE), entry(Kind.FILE, "a", 0600, TWO)))
        .isEqualTo("`payload/a` changed (1a1a1a1a1a1a to 2b2b2b2b2b2b)");
  }

  @Test
  void tellsAnotherKindOfEntryFromAnotherContent() {
    assertThat(change(file("a", ONE), entry(Kind.SYMLINK, "a", 0, ONE)))
        .isEqualTo("`payload/a` changed from file to symlink");
    assertThat(change(entry(Kind.DIRECTORY, "a", 0755, ONE), file("a", TWO)))
        .isEqualTo("`payload/a` changed from directory to file");
  }

  @Test
  void showsNothingOfAnEnvValueNotEvenItsHash() {
    assertThat(change(entry(Kind.ENV, "TOKEN", 0, ONE), entry(Kind.ENV, "TOKEN", 0, TWO)))
        .isEqualTo("env `TOKEN` changed");
  }

  @Test
  void namesScriptAndSettings() {
    assertThat(
            change(
                entry(Kind.SCRIPT, "run.sh", 0644, ONE), entry(Kind.SCRIPT, "run.sh", 0644, TWO)))
        .isEqualTo("script changed (1a1a1a1a1a1a to 2b2b2b2b2b2b)");
    assertThat(
            change(
                entry(Kind.SETTING, "remote_dir", 0, ONE),
                entry(Kind.SETTING, "remote_dir", 0, TWO)))
        .isEqualTo("`remote_dir` changed (1a1a1a1a1a1a to 2b2b2b2b2b2b)");
  }

  @Test
  void namesOfDifferentPartsDoNotMeet() {
    assertThat(
            changes(
                List.of(file("remote_dir", ONE), entry(Kind.ENV, "remote_dir", 0, ONE)),
                List.of(entry(Kind.SETTING, "remote_dir", 0, ONE))))
        .containsExactly(
            "`remote_dir` added", "`payload/remote_dir` removed", "env `remote_dir` removed");
  }

  @Test
  void summarisesManyChangesInOnePhrase() {
    Manifest none = new Manifest(List.of());
    List<ManifestEntry> three = List.of(file("a", ONE), file("b", ONE), file("c", ONE));
    List<ManifestEntry> five =
        List.of(file("a", ONE), file("b", ONE), file("c", ONE), file("d", ONE), file("e", ONE));

    assertThat(new Manifest(three).summaryOfChangesSince(none))
        .isEqualTo("`payload/a` added, `payload/b` added, `payload/c` added");
    assertThat(new Manifest(five).summaryOfChangesSince(none))
        .isEqualTo("`payload/a` added, `payload/b` added, `payload/c` added and 2 more");
  }
}
