package dev.castra.process;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the JSON that a program printed into a flat map. */
public final class JsonScalars {
  private static final JsonFactory JSON = new JsonFactory();

  private JsonScalars() {}

  /**
   * Every value of {@code json} as text under its JSON pointer (RFC 6901), such as {@code
   * /return/status}; objects and arrays are there too, with an empty text, so that the presence of
   * an empty one can be seen.
   *
   * @throws IOException if {@code json} is not JSON
   */
  public static Map<String, String> parse(String json) throws IOException {
    Map<String, String> values = new LinkedHashMap<>();
    try (JsonParser parser = JSON.createParser(json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isScalarValue() || token.isStructStart()) {
          String pointer = parser.getParsingContext().pathAsPointer().toString();
          values.put(pointer, token.isStructStart() ? "" : parser.getText());
        }
      }
    }
    return values;
  }
}
