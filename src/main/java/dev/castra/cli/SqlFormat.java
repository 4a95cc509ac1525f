package dev.castra.cli;

import dev.castra.operation.SqlRows;
import dev.castra.render.RowCsv;
import dev.castra.render.RowJson;
import dev.castra.render.RowTable;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How the rows of a statement are shown. */
enum SqlFormat {
  TABLE(RowTable::new),
  CSV(RowCsv::new),
  JSON(RowJson::new);

  private final Function<PrintStream, SqlRows> rows;

  SqlFormat(Function<PrintStream, SqlRows> rows) {
    this.rows = rows;
  }

  /** For the rows of one statement. */
  SqlRows to(PrintStream out) {
    return rows.apply(out);
  }

  private String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Accepts any case. */
  static final class Converter implements ITypeConverter<SqlFormat> {
    @Override
    public SqlFormat convert(String text) {
      return Arrays.stream(values())
          .filter(format -> format.id().equals(text.toLowerCase(Locale.ROOT)))
          .findFirst()
          .orElseThrow(() -> new TypeConversionException("`" + text + "` is none of " + all()));
    }

    private static String all() {
      return Arrays.stream(values()).map(SqlFormat::id).collect(Collectors.joining(", "));
    }
  }
}
