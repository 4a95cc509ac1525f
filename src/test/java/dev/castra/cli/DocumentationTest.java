package dev.castra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.contract.Schemas;
import dev.castra.error.ErrorCode;
import dev.castra.event.EventGoldens;
import dev.castra.event.JsonText;
import dev.castra.project.ProjectLoader;
import dev.castra.vm.VmState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Holds README.md and docs to what castra is. */
final class DocumentationTest {
  private static final Path STATUS = Path.of("src", "test", "resources", "golden", "status.json");
  private static final Pattern NUMBER = Pattern.compile("\\b\\d+\\b");

  /** Command lines in blocks: after a prompt, or in a script. */
  static List<DocumentedCall> shownCalls() {
    Stream<String> typed =
        Documentation.blocks("console")
            .flatMap(block -> block.text().lines())
            .filter(line -> line.startsWith("$ castra "))
            .map(line -> line.substring(2));
    Stream<String> scripted =
        Documentation.blocks("sh", "bash", "")
            .flatMap(block -> block.text().lines())
            .map(String::strip)
            .filter(line -> line.startsWith("castra "));
    return Stream.concat(typed, scripted).map(DocumentedCall::of).toList();
  }

  static List<DocumentedCall> mentionedCalls() {
    return Documentation.code().stream()
        .filter(code -> code.startsWith("castra "))
        .map(DocumentedCall::new)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("shownCalls")
  void everyShownCommandLineIsAccepted(DocumentedCall call) {
    call.isAccepted();
  }

  @ParameterizedTest
  @MethodSource("mentionedCalls")
  void everyMentionedCommandAndOptionExists(DocumentedCall call) {
    call.namesOnlyWhatExists();
  }

  static List<Documentation.Block> tomlBlocks() {
    return Documentation.blocks("toml").toList();
  }

  @ParameterizedTest
  @MethodSource("tomlBlocks")
  void everyTomlLoads(Documentation.Block block, @TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("castra.toml"), block.text());

    assertThat(ProjectLoader.load(file).vms()).isNotEmpty();
  }

  static List<String> shownEvents() {
    return Documentation.blocks("json")
        .flatMap(block -> block.text().lines())
        .filter(line -> line.contains("\"type\":"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("shownEvents")
  void everyShownEventHasExactlyTheFieldsOfItsGolden(String line) {
    String type = JsonText.parse(line).path("type").asText();

    assertThat(EventGoldens.types()).contains(type);
    assertThat(JsonText.fieldNames(JsonText.parse(line))).isEqualTo(EventGoldens.fieldNames(type));
    Map<String, List<String>> golden = JsonText.objects(EventGoldens.lines(type).get(0));
    assertThat(golden).containsAllEntriesOf(JsonText.objects(line));
  }

  @Test
  void everyShownStatusHasExactlyTheFieldsOfItsGolden() throws IOException {
    Map<String, List<String>> golden = JsonText.objects(Files.readString(STATUS));

    assertThat(
            Documentation.blocks("json").filter(block -> block.text().contains("\"state_root\"")))
        .isNotEmpty()
        .allSatisfy(block -> assertThat(JsonText.objects(block.text())).isEqualTo(golden));
  }

  static List<Documentation.Block> jsonBlocks() {
    return Documentation.blocks("json", "jsonl").toList();
  }

  @ParameterizedTest
  @MethodSource("jsonBlocks")
  void everyShownJsonGoesByItsSchema(Documentation.Block block) {
    assertThat(block.documents())
        .isNotEmpty()
        .allSatisfy(document -> assertThat(document.has("schema_version")).isTrue())
        .allSatisfy(Schemas::valid);
  }

  @Test
  void theTableOfEventsNamesEveryTypeAndItsFields() {
    Set<String> told = new TreeSet<>();
    for (String[] row : rows("docs/json.md")) {
      List<String> types = Documentation.code(row[0]);
      if (!EventGoldens.permitted().containsAll(types)) {
        continue;
      }
      told.addAll(types);
      List<String> words = Documentation.code(row[1].replaceAll("\\([^)]*\\)", ""));
      assertThat(words)
          .as("fields of %s", types)
          .containsAll(ownFields(types))
          .isSubsetOf(fieldsAtAnyDepth(types));
    }

    assertThat(told).isEqualTo(EventGoldens.permitted());
  }

  private static List<String> ownFields(List<String> types) {
    return types.stream().flatMap(type -> EventGoldens.ownFieldNames(type).stream()).toList();
  }

  private static List<String> fieldsAtAnyDepth(List<String> types) {
    return types.stream()
        .flatMap(type -> JsonText.objects(EventGoldens.lines(type).get(0)).values().stream())
        .flatMap(List::stream)
        .toList();
  }

  @Test
  void theTextAboutStatusNamesEveryFieldAndEveryState() throws IOException {
    String text = Documentation.text("docs/json.md");
    List<String> words = Documentation.code(text.substring(text.indexOf("## `castra status")));

    JsonText.objects(Files.readString(STATUS))
        .values()
        .forEach(names -> assertThat(words).containsAll(names));
    assertThat(words).containsAll(Arrays.stream(VmState.values()).map(VmState::id).toList());
  }

  @Test
  void theReadmeListsEveryCommandWithItsOptions() {
    Map<String, String> synopses =
        rows("README.md").stream()
            .flatMap(row -> Documentation.code(row[0]).stream())
            .filter(code -> code.startsWith("castra "))
            .collect(Collectors.toMap(DocumentationTest::commandOf, code -> code));
    Map<String, CommandLine> commands = new TreeMap<>();
    addCommands("castra", CliRun.parser(), commands);

    assertThat(synopses.keySet()).isEqualTo(commands.keySet());
    commands.forEach(
        (name, command) ->
            command.getCommandSpec().options().stream()
                .filter(option -> !option.inherited() && !isEverywhere(option.longestName()))
                .forEach(option -> assertThat(synopses.get(name)).contains(option.longestName())));
  }

  /** The synopsis up to its first option or parameter. */
  private static String commandOf(String synopsis) {
    return Arrays.stream(synopsis.split(" ", -1))
        .takeWhile(word -> word.matches("[a-z]+"))
        .collect(Collectors.joining(" "));
  }

  private static void addCommands(
      String prefix, CommandLine line, Map<String, CommandLine> commands) {
    line.getSubcommands()
        .forEach(
            (name, command) -> {
              commands.put(prefix + " " + name, command);
              addCommands(prefix + " " + name, command, commands);
            });
  }

  private static boolean isEverywhere(String option) {
    return Set.of("--help", "--version", "--config").contains(option);
  }

  /** Cells of every row of every table. */
  private static List<String[]> rows(String file) {
    return Documentation.text(file)
        .lines()
        .filter(line -> line.startsWith("| "))
        .map(line -> line.substring(2).split(" \\| ?", -1))
        .toList();
  }

  @Test
  void readmeAndHelpListEveryExitCode() {
    List<Integer> codes =
        IntStream.concat(
                IntStream.of(0), Arrays.stream(ErrorCode.values()).mapToInt(ErrorCode::exitCode))
            .distinct()
            .sorted()
            .boxed()
            .toList();

    assertThat(exitCodes(Documentation.text("README.md"))).isEqualTo(codes);
    assertThat(exitCodes(CliRun.castra("--help").out())).isEqualTo(codes);
  }

  private static List<Integer> exitCodes(String text) {
    String paragraph = text.substring(text.indexOf("Exit codes:")).split("\n\n")[0];
    return NUMBER
        .matcher(paragraph)
        .results()
        .map(match -> Integer.valueOf(match.group()))
        .toList();
  }
}
