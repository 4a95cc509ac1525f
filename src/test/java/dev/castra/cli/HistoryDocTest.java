package dev.castra.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The examples of docs/HISTORY.md. */
final class HistoryDocTest extends MarkedDocument {
  HistoryDocTest() {
    super("HISTORY.md");
  }

  @Override
  Map<String, String> tell(Path shop, Path unused) throws IOException {
    return HistoryStory.tell(shop);
  }
}
