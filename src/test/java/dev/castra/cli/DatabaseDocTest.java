package dev.castra.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The examples of docs/DATABASE.md. */
final class DatabaseDocTest extends MarkedDocument {
  private final Map<String, String> examples = new LinkedHashMap<>();

  DatabaseDocTest() {
    super("DATABASE.md");
  }

  @Override
  Map<String, String> tell(Path folder, Path unused) throws IOException {
    try (DocumentedProject shop = new DocumentedProject(folder)) {
      shop.add("web");
      shop.config();
      shop.file("bootstrap/web/run.sh", "echo done\n");
      shop.castra("up").isDone();
      String backup = shop.stateRoot().resolveSibling("castra.zip").toString();
      String export = shop.stateRoot().resolveSibling("record").toString();
      examples.put("check", told(shop, "db", "check"));
      examples.put(
          "backup", told(shop, "db", "backup", backup) + told(shop, "db", "restore", backup));
      examples.put("export", told(shop, "db", "export", export));
    }
    return examples;
  }

  private static String told(DocumentedProject shop, String... arguments) {
    String command = "$ castra " + String.join(" ", arguments) + "\n";
    return shop.shown(command + shop.castra(arguments).isDone().out());
  }
}
