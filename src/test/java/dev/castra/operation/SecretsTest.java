package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.StoredEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The values of env are nowhere but in the machine, after a run that worked and one that failed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SecretsTest {
  private static final List<String> VALUES = List.of("sesame-7f3a91c2", "sesame-0b44de58");
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private SshProject project;

  @BeforeAll
  void bootstrap(@TempDir Path folder) throws IOException, InterruptedException {
    project = new SshProject(folder);
    project.add("web");
    // Fails with the second value, and shows that the machine was given it.
    project.script("web", "echo got ${#TOKEN}; case $TOKEN in *58) exit 3 ;; esac\n");
    for (String value : VALUES) {
      project.set("web", "handshake_timeout_secs = 60\nenv = { TOKEN = \"" + value + "\" }");
      project.up();
    }
    assertThat(read(project.load().stateRoot().path())).contains("got 15", "TOKEN", "failed");
  }

  @AfterAll
  void close() {
    project.close();
  }

  @Test
  void areInNoFileOfTheStateRoot() throws IOException {
    isFreeOfThem(read(project.load().stateRoot().path()));
  }

  @Test
  void areInNoBackup() throws IOException {
    Path backup = project.directory.resolve("backup.zip");
    new KeepDatabase(project.load(), Host.real()).backUp(backup, false);

    try (ZipFile zip = new ZipFile(backup.toFile())) {
      List<String> content = new ArrayList<>();
      for (var entry : zip.stream().toList()) {
        content.add(text(zip.getInputStream(entry).readAllBytes()));
      }
      assertThat(content).isNotEmpty().anySatisfy(text -> assertThat(text).contains("TOKEN"));
      content.forEach(SecretsTest::isFreeOfThem);
    }
  }

  @Test
  void areInNoExport() throws IOException {
    Path export = project.directory.resolve("export");
    new KeepDatabase(project.load(), Host.real()).export(export, Optional.empty(), "test");

    assertThat(read(export)).contains("TOKEN");
    isFreeOfThem(read(export));
  }

  @Test
  void areInNoAnswerToAStatement() throws IOException {
    Sql sql = new Sql(project.load().stateRoot(), Host.real(), LIMIT);
    Collected names = new Collected();
    sql.run("SHOW TABLES", names);
    assertThat(names.rows).hasSizeGreaterThan(20);
    Map<String, String> answers = new TreeMap<>();
    for (List<@Nullable Object> row : names.rows) {
      String name = String.valueOf(row.get(0));
      Collected rows = new Collected();
      sql.run("SELECT * FROM \"" + name + "\"", rows);
      answers.put(name, rows.rows.toString());
    }

    assertThat(answers.toString()).contains("TOKEN");
    answers.values().forEach(SecretsTest::isFreeOfThem);
  }

  @Test
  void areInNoEvent() throws IOException, InterruptedException {
    List<String> lines = new ArrayList<>();
    new Events(project.load(), Host.real())
        .tell(
            new Events.Question(Optional.of("0"), List.of(), List.of(), false),
            events -> lines.addAll(events.stream().map(StoredEvent::json).toList()));

    assertThat(lines).anySatisfy(line -> assertThat(line).contains("BootstrapFailed"));
    isFreeOfThem(lines.toString());
  }

  private static void isFreeOfThem(String text) {
    // Not by the text itself, which would be shown.
    assertThat(VALUES.stream().filter(text::contains)).isEmpty();
  }

  private static String read(Path folder) throws IOException {
    StringBuilder content = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        content.append(text(Files.readAllBytes(file)));
      }
    }
    return content.toString();
  }

  private static String text(byte[] content) {
    return new String(content, StandardCharsets.ISO_8859_1);
  }

  /** Takes every row. */
  private static final class Collected implements SqlRows {
    private final List<List<@Nullable Object>> rows = new ArrayList<>();

    @Override
    public void begin(List<String> columns) {}

    @Override
    public boolean row(List<@Nullable Object> values) {
      rows.add(values);
      return true;
    }

    @Override
    public void end() {}
  }
}
