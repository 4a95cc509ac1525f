package dev.castra.store;

import java.io.Reader;
import java.io.StringReader;
import java.util.Optional;
import java.util.regex.Pattern;
import org.h2.util.ScriptReader;

/** Cuts a text into statements at the semicolons that end them. */
public final class Statements {
  private static final String AFTERWARDS = "castra_afterwards";

  private static final Pattern COMMENTS_AND_QUOTED =
      Pattern.compile(
          "--[^\\n]*+|//[^\\n]*+|/\\*.*?\\*/" + "|('[^']*+'|\"[^\"]*+\"|`[^`]*+`|\\$\\$.*?\\$\\$)",
          Pattern.DOTALL);

  private static final Pattern LOCKING =
      Pattern.compile("\\bFOR\\s+UPDATE\\b", Pattern.CASE_INSENSITIVE);

  private final ScriptReader reader;

  public Statements(Reader text) {
    this.reader = new ScriptReader(text);
    reader.setSkipRemarks(true);
  }

  /**
   * The next statement without its semicolon; comments and empty statements are left out. Blocks
   * until the text has one.
   */
  public Optional<String> next() {
    while (true) {
      String statement = reader.readStatement();
      if (statement == null) {
        return Optional.empty();
      }
      if (!statement.isBlank()) {
        return Optional.of(statement.strip());
      }
    }
  }

  /** Whether all of the text's statements are ended: nothing, or a semicolon, is last. */
  public static boolean areComplete(String text) {
    Statements statements = new Statements(new StringReader(text + "\n" + AFTERWARDS));
    Optional<String> last = Optional.empty();
    for (Optional<String> next = statements.next(); next.isPresent(); next = statements.next()) {
      last = next;
    }
    return last.filter(AFTERWARDS::equals).isPresent();
  }

  /** Whether a statement asks for the locks of rows, with which it would hold up who works. */
  static boolean locksRows(String statement) {
    String words =
        COMMENTS_AND_QUOTED
            .matcher(statement)
            .replaceAll(found -> found.group(1) == null ? " " : " '' ");
    return LOCKING.matcher(words).find();
  }
}
