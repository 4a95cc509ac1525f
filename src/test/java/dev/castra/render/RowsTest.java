package dev.castra.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.JsonText;
import dev.castra.operation.SqlRows;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Rows of statements in every form. */
final class RowsTest {
  @SafeVarargs
  private static String shown(
      Function<PrintStream, SqlRows> form, List<String> columns, List<Object>... rows) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    SqlRows shown = form.apply(out);
    shown.begin(columns);
    for (List<Object> row : rows) {
      assertThat(shown.row(row)).isTrue();
    }
    shown.end();
    out.flush();
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aTableIsAlignedWithNumbersToTheRight() {
    assertThat(
            shown(
                RowTable::new,
                List.of("vm", "run_id", "error"),
                Arrays.asList("web-0", 7L, null),
                Arrays.asList("dätenbank", 1234L, "")))
        .isEqualTo(
            """
            vm         run_id  error
            ---------  ------  -----
            web-0           7  NULL
            dätenbank    1234
            (2 rows)
            """);
    assertThat(shown(RowTable::new, List.of("vm"))).isEqualTo("vm\n--\n(0 rows)\n");
  }

  @Test
  void aTableShowsControlCharactersAndKeepsARowOnALine() {
    assertThat(
            shown(
                RowTable::new,
                List.of("a\u001b[31m"),
                Arrays.asList("x\ny\u0007\u009b"),
                Arrays.asList("z")))
        .contains("a\\x1b[31m\n", "x\\x0ay\\x07\\x9b\n");
  }

  @Test
  void aSingleValueKeepsItsLines() {
    assertThat(shown(RowTable::new, List.of("plan"), Arrays.asList("SELECT\n  1\u0007")))
        .isEqualTo("plan\n----\nSELECT\n  1\\x07\n(1 row)\n");
  }

  @Test
  void aLongTextIsShownWholeAndDoesNotWidenTheOthers() {
    String text = "x".repeat(300);
    List<String> lines =
        shown(RowTable::new, List.of("a", "b"), Arrays.asList(text, 1), Arrays.asList("y", 2))
            .lines()
            .toList();

    assertThat(lines.get(2)).isEqualTo(text + "  1");
    assertThat(lines.get(3)).hasSize(63);
  }

  @Test
  void aLongTableIsShownAsItArrives() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    RowTable table = new RowTable(out);
    table.begin(List.of("n"));

    LongStream.rangeClosed(1, 501).forEach(n -> table.row(List.of(n)));

    assertThat(bytes.toString(StandardCharsets.UTF_8).lines()).hasSize(503);
    table.end();
    assertThat(bytes.toString(StandardCharsets.UTF_8)).endsWith("\n501\n(501 rows)\n");
  }

  @Test
  void csvIsQuotedWhereRfc4180AsksForIt() {
    assertThat(
            shown(
                RowCsv::new,
                List.of("a", "b", "c", "d"),
                Arrays.asList("plain", "com,ma", "quo\"te", "line\r\nbreak"),
                Arrays.asList(1, null, "", true)))
        .isEqualTo(
            "a,b,c,d\r\nplain,\"com,ma\",\"quo\"\"te\",\"line\r\nbreak\"\r\n1,,\"\",true\r\n");
  }

  @Test
  void jsonIsOneArrayWithARowOnEachLine() {
    String json =
        shown(
            RowJson::new,
            List.of("vm", "n", "vm", "x"),
            Arrays.asList("web", 1L, "db\n", null),
            Arrays.asList("web", new BigDecimal("1.50"), List.of(1, 2), true),
            Arrays.asList("web", 0.5, "", false));

    assertThat(json)
        .isEqualTo(
            """
            [{"vm":"web","n":1,"vm_2":"db\\n","x":null},
            {"vm":"web","n":1.50,"vm_2":[1,2],"x":true},
            {"vm":"web","n":0.5,"vm_2":"","x":false}]
            """);
    assertThat(JsonText.parse(json)).hasSize(3);
    assertThat(shown(RowJson::new, List.of("vm"))).isEqualTo("[]\n");
  }

  @Test
  void nobodyIsAskedForMoreOnceTheOutputIsClosed() {
    PrintStream closed =
        new PrintStream(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("closed");
              }
            });
    for (SqlRows rows : List.of(new RowTable(closed), new RowCsv(closed), new RowJson(closed))) {
      rows.begin(List.of("n"));
      boolean wanted = true;
      int count = 0;
      while (wanted && count < 5_000) {
        wanted = rows.row(List.of(count++));
      }
      assertThat(count).isLessThan(5_000);
    }
  }
}
