package dev.castra.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class JsonScalarsTest {
  @Test
  void namesEveryValueByItsPointer() throws IOException {
    assertThat(JsonScalars.parse("{\"a\": {\"b/c\": 1, \"d\": [true, null]}, \"e\": \"x\"}"))
        .containsExactly(
            entry("", ""),
            entry("/a", ""),
            entry("/a/b~1c", "1"),
            entry("/a/d", ""),
            entry("/a/d/0", "true"),
            entry("/a/d/1", "null"),
            entry("/e", "x"));
  }

  @Test
  void showsAnEmptyObject() throws IOException {
    assertThat(JsonScalars.parse("{\"return\": {}}")).containsKey("/return");
  }

  @Test
  void refusesTornJson() {
    assertThatThrownBy(() -> JsonScalars.parse("{\"return\": ")).isInstanceOf(IOException.class);
  }
}
