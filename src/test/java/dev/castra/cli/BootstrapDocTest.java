package dev.castra.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The examples of docs/BOOTSTRAP.md. */
final class BootstrapDocTest extends MarkedDocument {
  BootstrapDocTest() {
    super("BOOTSTRAP.md");
  }

  @Override
  Map<String, String> tell(Path shop, Path fleet) throws IOException, InterruptedException {
    Map<String, String> told = new LinkedHashMap<>(BootstrapStory.tell(shop));
    told.putAll(BootstrapStory.tellOfModes(fleet));
    return told;
  }
}
