package dev.castra.guest;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** The only way to a command line for the guest: every argument in POSIX single quotes. */
public final class ShellQuote {
  private ShellQuote() {}

  /**
   * Quotes one argument.
   *
   * @return one word for any POSIX shell, see XCU 2.2.2 of POSIX.1-2017
   * @throws IllegalArgumentException if it holds NUL or half a surrogate pair, which no command
   *     line can carry
   */
  public static String word(String argument) {
    if (argument.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("An argument holds a NUL character.");
    }
    try {
      StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(argument));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("An argument is not valid Unicode.", e);
    }
    return "'" + argument.replace("'", "'\\''") + "'";
  }

  /**
   * Quotes and joins a command line.
   *
   * @throws IllegalArgumentException if there is no argument, or as {@link #word} says
   */
  public static String line(List<String> arguments) {
    if (arguments.isEmpty()) {
      throw new IllegalArgumentException("No command.");
    }
    return arguments.stream().map(ShellQuote::word).collect(Collectors.joining(" "));
  }
}
