package dev.castra.guest;

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What to run in a guest.
 *
 * @param label what messages call it
 * @param arguments program and its arguments; they reach it unchanged whatever they hold
 * @param stdin what it reads; nothing if absent
 * @param stdout receives its output; if absent, the result keeps the first 64 KiB
 * @param stderr receives its errors; if absent, the result keeps the first 64 KiB
 */
public record RemoteCommand(
    String label,
    List<String> arguments,
    Optional<StdinSource> stdin,
    Optional<OutputStream> stdout,
    Optional<OutputStream> stderr) {
  public RemoteCommand {
    arguments = List.copyOf(arguments);
  }

  public static RemoteCommand of(String... arguments) {
    return new RemoteCommand(
        label(arguments), List.of(arguments), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Runs {@code script} with the guest's {@code sh}; it finds {@code arguments} as $1 and on. */
  public static RemoteCommand script(String script, String... arguments) {
    List<String> words = new ArrayList<>(List.of("sh", "-c", script, "castra"));
    words.addAll(List.of(arguments));
    return of(words.toArray(String[]::new));
  }

  public RemoteCommand withLabel(String name) {
    return new RemoteCommand(name, arguments, stdin, stdout, stderr);
  }

  public RemoteCommand withStdin(StdinSource source) {
    return new RemoteCommand(label, arguments, Optional.of(source), stdout, stderr);
  }

  public RemoteCommand withStdout(OutputStream sink) {
    return new RemoteCommand(label, arguments, stdin, Optional.of(sink), stderr);
  }

  public RemoteCommand withStderr(OutputStream sink) {
    return new RemoteCommand(label, arguments, stdin, stdout, Optional.of(sink));
  }

  /** The command line for the guest's shell. */
  String line() {
    return ShellQuote.line(arguments);
  }

  private static String label(String... arguments) {
    String line = String.join(" ", arguments).replaceAll("\\s+", " ");
    return "`" + (line.length() <= 60 ? line : arguments[0] + " …") + "`";
  }
}
