package dev.castra.project;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.tomlj.TomlPosition;

/** Collects the mistakes of one config file, so that all of them are reported together. */
final class ConfigProblems {
  static final TomlPosition START = TomlPosition.positionAt(1, 1);

  private record Problem(TomlPosition position, String sentence) {}

  private final List<Problem> problems = new ArrayList<>();

  void add(TomlPosition position, String sentence) {
    problems.add(new Problem(position, sentence));
  }

  /**
   * @throws CastraException CONFIG_INVALID with one line per mistake, in file order, if there is
   *     any
   */
  void throwIfAny(Path file) {
    if (problems.isEmpty()) {
      return;
    }
    String name = String.valueOf(file.getFileName());
    StringBuilder message = new StringBuilder(name).append(" has ").append(count()).append(':');
    problems.stream()
        .sorted(
            Comparator.<Problem>comparingInt(problem -> problem.position().line())
                .thenComparingInt(problem -> problem.position().column()))
        .forEach(problem -> message.append("\n  ").append(line(name, problem)));
    throw new CastraException(
        ErrorCode.CONFIG_INVALID,
        message.toString(),
        "Correct `" + file + "`; docs/configuration.md lists every key and its rule.");
  }

  private String count() {
    return problems.size() == 1 ? "1 mistake" : problems.size() + " mistakes";
  }

  private static String line(String name, Problem problem) {
    TomlPosition position = problem.position();
    return name + ":" + position.line() + ":" + position.column() + ": " + problem.sentence();
  }
}
