package dev.castra.report;

import dev.castra.vm.EnvSecret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
  static final int SHORTEST = 4;

  /**
   * @param bytes what to look for
   * @param replacement what to write instead
   */
  record Form(byte[] bytes, byte[] replacement) {
    int first() {
      return bytes[0] & 0xff;
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

  List<Form> all() {
    return forms;
  }

  List<Form> beginningWith(byte first) {
    return byFirstByte.get(first & 0xff);
  }

  /** Bytes of the longest one, at least 1. */
  int longest() {
    return forms.isEmpty() ? 1 : forms.get(0).bytes().length;
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
