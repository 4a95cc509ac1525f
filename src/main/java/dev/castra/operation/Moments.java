package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Moments as people name them: an age such as {@code 2d}, or ISO-8601. */
final class Moments {
  private static final Pattern AGE = Pattern.compile("(\\d{1,9})([smhdw])");

  private static final Map<String, Duration> UNITS =
      Map.of(
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1),
          "w", Duration.ofDays(7));

  private Moments() {}

  /**
   * The moment that {@code text} names; UTC where it names no zone, and the day's beginning where
   * it names no time.
   *
   * @throws CastraException with {@code USAGE} if it names none
   */
  static Instant parse(String text, Clock clock) {
    return age(text)
        .flatMap(age -> before(clock.instant(), age))
        .or(() -> iso(text))
        .orElseThrow(
            () ->
                new CastraException(
                    ErrorCode.USAGE,
                    "`--since " + text + "` is neither an age nor a time.",
                    "Give an age such as 30m, 12h, 2d or 1w, or a time such as 2026-07-30 or"
                        + " 2026-07-30T12:00:00Z."));
  }

  private static Optional<Duration> age(String text) {
    Matcher age = AGE.matcher(text);
    return age.matches()
        ? Optional.ofNullable(UNITS.get(age.group(2)))
            .map(unit -> unit.multipliedBy(Long.parseLong(age.group(1))))
        : Optional.empty();
  }

  /** Nothing of this project is older than the epoch. */
  private static Optional<Instant> before(Instant now, Duration age) {
    Instant then = now.minus(age);
    return Optional.of(then.isBefore(Instant.EPOCH) ? Instant.EPOCH : then);
  }

  private static Optional<Instant> iso(String text) {
    Stream<Function<String, Instant>> forms =
        Stream.of(
            form -> OffsetDateTime.parse(form).toInstant(),
            form -> LocalDateTime.parse(form).toInstant(ZoneOffset.UTC),
            form -> LocalDate.parse(form).atStartOfDay().toInstant(ZoneOffset.UTC));
    return forms.flatMap(form -> tried(form, text).stream()).findFirst();
  }

  private static Optional<Instant> tried(Function<String, Instant> form, String text) {
    try {
      return Optional.of(form.apply(text));
    } catch (DateTimeException another) {
      return Optional.empty();
    }
  }
}
