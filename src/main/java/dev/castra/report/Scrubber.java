package dev.castra.report;

import dev.castra.vm.EnvSecret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Replaces secrets in everything that passes through it. Immutable. */
public final class Scrubber {
  private static final String UNCLEAN =
      "[left out: not all secrets are known, so they could not be removed]";

  /** Fields in which a guest, or a program on its behalf, may have the word. */
  private static final Set<String> FREE_TEXT =
      Set.of("error", "hint", "detail", "serial_tail", "message");

  private static final int ROOM = 1 << 16;

  private final SecretForms forms;
  private final boolean blind;

  private Scrubber(SecretForms forms, boolean blind) {
    this.forms = forms;
    this.blind = blind;
  }

  /** Values shorter than four characters stay: they are found by chance in every text. */
  public static Scrubber of(Collection<EnvSecret> secrets) {
    return new Scrubber(SecretForms.of(secrets), false);
  }

  /** There are more secrets than those known, so that no free text can be told. */
  public static Scrubber ofSome(Collection<EnvSecret> secrets) {
    return new Scrubber(SecretForms.of(secrets), true);
  }

  /** True if it cannot clean what a guest wrote. */
  public boolean isBlind() {
    return blind;
  }

  /** The text without secrets, or the beginning of one that was cut off. */
  public String text(String text) {
    ByteArrayOutputStream clean = new ByteArrayOutputStream();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (OutputStream scrubbed =
        new ScrubbedOutput(forms, clean, 0, bytes.length, bytes.length + 1)) {
      scrubbed.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return clean.toString(StandardCharsets.UTF_8);
  }

  /** The same fields, every text in them clean; names of fields and numbers stay. */
  public Map<String, @Nullable Object> fields(Map<String, ? extends @Nullable Object> fields) {
    Map<String, @Nullable Object> clean = new LinkedHashMap<>();
    fields.forEach(
        (name, value) ->
            clean.put(
                name, blind && value != null && FREE_TEXT.contains(name) ? UNCLEAN : value(value)));
    return clean;
  }

  private @Nullable Object value(@Nullable Object value) {
    if (value instanceof String text) {
      return text(text);
    } else if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> inner = new LinkedHashMap<>();
      map.forEach((name, content) -> inner.put(String.valueOf(name), content));
      return fields(inner);
    } else if (value instanceof Iterable<?> items) {
      List<@Nullable Object> clean = new ArrayList<>();
      items.forEach(item -> clean.add(value(item)));
      return clean;
    }
    return value;
  }

  /** Bytes of context that a piece of a longer text needs on both sides. */
  int context() {
    return forms.reach();
  }

  /**
   * Passes on the bytes from {@code from} to before {@code to} without secrets; what is written
   * around them only serves to recognise a secret that is cut.
   */
  OutputStream to(OutputStream out, long from, long to) {
    return new ScrubbedOutput(forms, out, from, to, ROOM);
  }
}
