package dev.castra.report;

import dev.castra.vm.EnvSecret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** How secrets can stand in a text, the longest first. */
final class SecretForms {
  /** What is shorter is found by chance in every text. */
  private static final int SHORTEST = 4;

  /** At the end of a line nothing says that there was more, and words of a value are frequent. */
  private static final int SHORTEST_BEGINNING = 8;

  /** What stands after a text that was cut. */
  private static final byte[] CUT = {'.', '.', '.'};

  /**
   * @param bytes what to look for
   * @param replacement what to write instead
   */
  record Form(byte[] bytes, byte[] replacement) {
    int first() {
      return bytes[0] & 0xff;
    }

    /**
     * How many bytes at {@code start} belong to this secret, whole or cut off, with the mark of the
     * cut; 0 if none do.
     */
    int covers(byte[] text, int start, int end) {
      int most = Math.min(bytes.length, end - start);
      int differs = Arrays.mismatch(text, start, start + most, bytes, 0, most);
      int same = differs < 0 ? most : differs;
      if (same == bytes.length) {
        return same;
      }
      // A secret may have dots of its own where the mark begins.
      for (int length = same; length >= SHORTEST && length >= same - CUT.length; length--) {
        int mark = start + length;
        if (end - mark >= CUT.length
            && Arrays.equals(text, mark, mark + CUT.length, CUT, 0, CUT.length)) {
          return length + CUT.length;
        }
      }
      boolean textEnds = start + same == end;
      boolean lineEnds = !textEnds && (text[start + same] == '\n' || text[start + same] == '\r');
      return textEnds && same >= SHORTEST || lineEnds && same >= SHORTEST_BEGINNING ? same : 0;
    }
  }

  private final List<Form> forms;
  private final List<List<Form>> byFirstByte;

  private SecretForms(List<Form> forms) {
    this.forms = List.copyOf(forms);
    this.byFirstByte =
        IntStream.range(0, 256)
            .mapToObj(first -> forms.stream().filter(form -> form.first() == first).toList())
            .toList();
  }

  static SecretForms of(Collection<EnvSecret> secrets) {
    Map<String, String> names = new LinkedHashMap<>();
    for (EnvSecret secret : secrets) {
      spellings(secret.value()).forEach(form -> names.putIfAbsent(form, secret.name()));
    }
    List<Form> forms = new ArrayList<>();
    names.forEach((form, name) -> forms.add(new Form(utf8(form), utf8(replacement(name)))));
    forms.sort(Comparator.comparingInt((Form form) -> form.bytes().length).reversed());
    return new SecretForms(forms);
  }

  List<Form> beginningWith(byte first) {
    return byFirstByte.get(first & 0xff);
  }

  /** How many bytes must have come to know what stands at the first of them. */
  int reach() {
    return (forms.isEmpty() ? 1 : forms.get(0).bytes().length) + CUT.length;
  }

  static String replacement(String name) {
    // A name that is none is a mistake in castra.toml, which can hold half a secret.
    return name.matches("[A-Za-z0-9_.-]*") ? "[removed: env " + name + "]" : "[removed: env]";
  }

  private static List<String> spellings(String value) {
    List<String> spellings = new ArrayList<>();
    List<String> lines = value.lines().map(String::strip).toList();
    List<String> texts = new ArrayList<>(List.of(value, value.strip()));
    // Logs put the time before each line, and some join the lines.
    texts.addAll(lines);
    for (String text : texts) {
      if (text.length() >= SHORTEST) {
        spellings.add(text);
        spellings.add(inQuotes(text));
        spellings.add(text.replace("'", "'\\''"));
        spellings.add(URLEncoder.encode(text, StandardCharsets.UTF_8));
        spellings.add(URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20"));
        spellings.add(Base64.getEncoder().encodeToString(utf8(text)));
        spellings.add(Base64.getEncoder().encodeToString(utf8(text + "\n")));
      }
    }
    return spellings;
  }

  /** As JSON, TOML and many programs print it. */
  private static String inQuotes(String text) {
    return text.replace("\\", "\\\\")
        .replace("\"", "\\\"")
        .replace("\n", "\\n")
        .replace("\r", "\\r")
        .replace("\t", "\\t");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
