package dev.castra.guest;

import dev.castra.error.CastraBug;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The shell scripts that belong to this package. */
final class ScriptResource {
  private ScriptResource() {}

  static String text(String name) {
    try (InputStream in = ScriptResource.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new CastraBug("`" + name + "` is missing from the program");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new CastraBug("`" + name + "` cannot be read", e);
    }
  }
}
