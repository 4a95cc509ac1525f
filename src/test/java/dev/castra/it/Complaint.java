package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/**
 * What castra says on stderr when it refuses to work: one message and one hint, for people.
 *
 * @param message may have several lines
 */
record Complaint(String message, String hint) {
  /** Fails the test if the process did anything but refuse, with this exit code, in this form. */
  static Complaint of(CastraResult result, int exitCode) {
    result.exitsWith(exitCode);
    assertThat(result.stdout()).as("stdout of %s", result).isEmpty();
    assertThat(result.stderr())
        .startsWith("castra: ")
        .doesNotContain("\tat ")
        .doesNotContain("Exception")
        .doesNotContain("defect in Castra");
    List<String> lines = result.stderr().lines().toList();
    assertThat(lines).hasSizeGreaterThan(1);
    assertThat(lines.subList(1, lines.size())).allMatch(line -> line.startsWith("  "));
    String hint = lines.get(lines.size() - 1).strip();
    assertThat(hint).isNotBlank();
    return new Complaint(String.join("\n", lines.subList(0, lines.size() - 1)), hint);
  }

  Complaint says(String... parts) {
    assertThat(message).contains(parts);
    return this;
  }

  Complaint advises(String... parts) {
    assertThat(hint).contains(parts);
    return this;
  }
}
