package dev.castra.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A limit such as {@code 500ms}, {@code 30s}, {@code 5m} or {@code 1h}: from 1 ms to a day. */
final class LimitConverter implements ITypeConverter<Duration> {
  private static final Pattern LIMIT = Pattern.compile("([0-9]{1,8})(ms|s|m|h)");

  @Override
  public Duration convert(String text) {
    Matcher parts = LIMIT.matcher(text);
    if (parts.matches()) {
      Duration limit = of(Long.parseLong(parts.group(1)), parts.group(2));
      if (!limit.isZero() && limit.compareTo(Duration.ofDays(1)) <= 0) {
        return limit;
      }
    }
    throw new TypeConversionException(
        "`" + text + "` is no limit: write `500ms`, `30s`, `5m` or `1h`, at most `24h`");
  }

  private static Duration of(long number, String unit) {
    return switch (unit) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofHours(number);
    };
  }
}
