package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StatementsTest {
  private static List<String> cut(String text) {
    Statements statements = new Statements(new StringReader(text));
    List<String> found = new ArrayList<>();
    for (Optional<String> next = statements.next(); next.isPresent(); next = statements.next()) {
      found.add(next.get());
    }
    return found;
  }

  @Test
  void areCutAtSemicolonsOutsideOfTextsAndComments() {
    assertThat(cut("SELECT ';', \"a;b\", $$;$$ /* ; */ -- ;\n, 1; SELECT 2;;\n ; SELECT 3"))
        .hasSize(3)
        .endsWith("SELECT 2", "SELECT 3");
    assertThat(cut(" ; -- nothing\n")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ";", "SELECT 1;", "SELECT 1; -- done", "SELECT 1;\n\n", "SELECT ';';"})
  void areCompleteWhenASemicolonIsLast(String text) {
    assertThat(Statements.areComplete(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"SELECT 1", "SELECT 1; SELECT", "SELECT ';", "SELECT 1 /* ;", "SELECT 1 -- ;"})
  void areNotCompleteWithinAStatementATextOrAComment(String text) {
    assertThat(Statements.areComplete(text)).isFalse();
  }
}
