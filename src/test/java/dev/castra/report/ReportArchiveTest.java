package dev.castra.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.vm.EnvSecret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportArchiveTest {
  private static final String SECRET = "0123456789abcdef";
  private static final Instant NOON = Instant.parse("2026-07-30T12:00:00Z");

  @TempDir Path folder;

  private ReportArchive archive() throws IOException {
    return new ReportArchive(
        folder.resolve("a.tar.gz"),
        "top",
        Scrubber.of(List.of(new EnvSecret("KEY", SECRET))),
        NOON,
        () -> {});
  }

  @Test
  void itIsPrivateAndHoldsWhatWasAdded() throws IOException {
    Path log = Files.writeString(folder.resolve("log"), "one " + SECRET + "\n");
    try (ReportArchive archive = archive()) {
      archive.text("a.txt", "hello " + SECRET);
      archive.json("b.json", Map.of("k", SECRET));
      assertThat(archive.excerpt("c.log", log, Excerpt.CONSOLE)).isEmpty();
      archive.finish();
    }

    Path file = folder.resolve("a.tar.gz");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Unpacked.of(file))
        .containsOnlyKeys("top/", "top/a.txt", "top/b.json", "top/c.log")
        .containsEntry("top/c.log", "one [removed: env KEY]\n");
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("a.tar.gz", "log");
  }

  @Test
  void whatIsNotFinishedIsRemoved() throws IOException {
    try (ReportArchive archive = archive()) {
      archive.text("a.txt", "hello");
    }

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whoStopsItGetsNothing() throws IOException {
    Path file = folder.resolve("a.tar.gz");
    Scrubber none = Scrubber.of(List.of());
    Runnable stop =
        () -> {
          throw new IllegalStateException("enough");
        };

    try (ReportArchive archive = new ReportArchive(file, "top", none, NOON, stop)) {
      assertThatThrownBy(() -> archive.text("a.txt", "hello")).hasMessage("enough");
    }

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFileThatIsNotThereIsTold() throws IOException {
    try (ReportArchive archive = archive()) {
      assertThat(archive.excerpt("c.log", folder.resolve("none"), Excerpt.CONSOLE)).isPresent();
      assertThat(archive.excerpt("c.log", folder, Excerpt.CONSOLE)).isPresent();
      assertThat(archive.entries()).isEmpty();
    }
  }

  /** The cuts fall before, into and behind a secret. */
  @Test
  void ofALargeFileThereAreBeginningAndEndAndNoPartOfASecret() throws IOException {
    for (int shift = 0; shift <= SECRET.length() + 1; shift++) {
      String text = ".".repeat(100 - shift) + SECRET + ".".repeat(200) + SECRET + ".".repeat(shift);
      Path log = Files.writeString(folder.resolve("log"), text);
      try (ReportArchive archive = archive()) {
        archive.excerpt("c.log", log, new Excerpt(100, SECRET.length()));
        archive.finish();
      }

      String clean = Unpacked.of(folder.resolve("a.tar.gz")).getOrDefault("top/c.log", "");
      assertThat(clean).contains("\n[castra report: ").contains(" bytes are left out here]\n");
      assertThat(clean.replaceAll("\\[castra report.*", ""))
          .doesNotContain("012")
          .doesNotContain("def");
      assertThat(clean.getBytes(StandardCharsets.UTF_8).length).isLessThan(300);
    }
  }
}
