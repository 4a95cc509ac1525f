package dev.castra.cli;

import static dev.castra.cli.CliRun.castra;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class HelpTest {
  static Set<String> commands() {
    return CliRun.parser().getSubcommands().keySet();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasHelpWithExamplesThatTheParserAccepts(String command) {
    String help = castra(command, "--help").isDone().out();

    assertThat(help).startsWith("Usage: castra " + command + " ").contains("\nExamples:\n");
    List<String> examples =
        help.substring(help.indexOf("\nExamples:\n"))
            .lines()
            .skip(2)
            .filter(line -> !line.isBlank())
            .toList();
    assertThat(examples)
        .isNotEmpty()
        .allSatisfy(
            example -> {
              assertThat(example).startsWith("  castra " + command);
              assertThat(example).hasSizeLessThanOrEqualTo(80);
              DocumentedCall.of(example.strip().split(" {2,}")[0]).isAccepted();
            });
  }

  @ParameterizedTest
  @MethodSource("commands")
  void aCommandIsTheSameWithoutTheOthers(String command) {
    assertThat(CliRun.parser().getSubcommands())
        .hasEntrySatisfying(
            command,
            among ->
                assertThat(castra("--debug", command, "--help").isDone().out())
                    .isEqualTo(among.getUsageMessage()));
  }

  /** Only what stands first is the command: behind `--help` it is asked about nothing. */
  @Test
  void helpBeforeACommandListsAllOfThem() {
    assertThat(castra("--help", "up").isDone().out()).isEqualTo(castra("--help").isDone().out());
  }

  @Test
  void everyOptionIsDescribed() {
    assertThat(CliRun.parser().getSubcommands().values())
        .flatExtracting(command -> command.getCommandSpec().options())
        .isNotEmpty()
        .allSatisfy(option -> assertThat(option.description()).isNotEmpty());
  }

  @Test
  void castraAloneListsTheCommands() {
    String usage = castra().isDone().out();

    assertThat(usage).isEqualTo(castra("--help").isDone().out());
    commands().forEach(command -> assertThat(usage).contains("\n  " + command + " "));
  }

  @Test
  void theVersionIsToldOnStdout() {
    assertThat(castra("--version").isDone().out()).startsWith("castra ");
  }
}
