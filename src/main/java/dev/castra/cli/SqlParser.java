package dev.castra.cli;

import dev.castra.store.Statements;
import java.util.Set;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.impl.DefaultParser;

/** Tells the line editor when a statement is whole, and what its words are. */
final class SqlParser extends DefaultParser {
  private static final Set<String> WORDS = Set.of("exit", "quit", "help");

  SqlParser() {
    setQuoteChars(new char[0]);
    setEscapeChars(new char[0]);
  }

  /** Something for the prompt itself, which needs no semicolon. */
  static boolean isCommand(String text) {
    return text.startsWith(".") || WORDS.contains(text);
  }

  @Override
  public ParsedLine parse(String line, int cursor, ParseContext context) {
    if (context == ParseContext.ACCEPT_LINE
        && !isCommand(line.strip())
        && !Statements.areComplete(line)) {
      throw new EOFError(-1, -1, "The statement is not ended.", ";");
    }
    return super.parse(line, cursor, context);
  }

  @Override
  public boolean isDelimiterChar(CharSequence buffer, int position) {
    char c = buffer.charAt(position);
    return !Character.isLetterOrDigit(c) && c != '_' && (c != '.' || position > 0);
  }
}
