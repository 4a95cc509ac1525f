package dev.castra.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The blocks of a document that a test produces, each under {@code <!-- example NAME -->}. */
record MarkedBlocks(String document) {
  private static final Pattern BLOCK =
      Pattern.compile(
          "^<!-- example ([a-z-]+) -->\\n```\\w+\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  /** Contents by name, in the order of the document. */
  Map<String, String> contents() {
    Map<String, String> contents = new LinkedHashMap<>();
    BLOCK
        .matcher(document)
        .results()
        .forEach(block -> contents.put(block.group(1), block.group(2)));
    return contents;
  }

  /** The document with new contents; names that it does not have are left out. */
  String with(Map<String, String> contents) {
    StringBuilder rewritten = new StringBuilder();
    Matcher block = BLOCK.matcher(document);
    int end = 0;
    while (block.find()) {
      rewritten.append(document, end, block.start(2));
      rewritten.append(Optional.ofNullable(contents.get(block.group(1))).orElse(block.group(2)));
      end = block.end(2);
    }
    return rewritten.append(document.substring(end)).toString();
  }
}
