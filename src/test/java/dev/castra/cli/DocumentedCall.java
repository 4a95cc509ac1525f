package dev.castra.cli;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.castra.bootstrap.Overrides;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** A castra command line as help and documentation show it. */
record DocumentedCall(String text) {
  private static final Pattern OPTION = Pattern.compile("--[a-z-]+");
  private static final Pattern WORD = Pattern.compile("(?:[^ \"]|\"[^\"]*\")+");

  /** Cuts off a comment, and what the output is piped into. */
  static DocumentedCall of(String line) {
    return new DocumentedCall(line.split(" [#|<>] ?", 2)[0].strip());
  }

  /** The real parser takes it, without running it. */
  void isAccepted() {
    assertThatCode(this::parse).as(text).doesNotThrowAnyException();
  }

  private void parse() {
    List<String> words =
        WORD.matcher(text).results().map(word -> word.group().replace("\"", "")).toList();
    CommandLine.ParseResult parsed =
        CliRun.parser().parseArgs(words.subList(1, words.size()).toArray(String[]::new));
    CommandLine.ParseResult command = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
    Overrides.parse(command.matchedOptionValue("--bootstrap", List.of()));
  }

  /** The command exists and has every option that is named, as in a synopsis. */
  void namesOnlyWhatExists() {
    String[] words = text.split(" +");
    String name = words[1];
    CommandLine parser = CliRun.parser();
    boolean placeholder = name.equals("COMMAND") || name.startsWith("-");
    assertThatCode(
            () -> {
              CommandLine first = placeholder ? parser : parser.getSubcommands().get(name);
              if (first == null) {
                throw new AssertionError("no command `" + name + "`");
              }
              CommandLine second = words.length > 2 ? first.getSubcommands().get(words[2]) : null;
              CommandLine command = second == null ? first : second;
              OPTION.matcher(text).results().forEach(option -> require(command, option.group()));
            })
        .as(text)
        .doesNotThrowAnyException();
  }

  private static void require(CommandLine command, String option) {
    if (command.getCommandSpec().findOption(option) == null) {
      throw new AssertionError("no option `" + option + "`");
    }
  }
}
