package dev.castra.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** JSON as tests look at it, read by a strict parser that shares no code with the writer. */
public final class JsonText {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private JsonText() {}

  /** One document, and nothing after it. */
  public static JsonNode parse(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("No JSON: " + text, e);
    }
  }

  /** Every leaf as {@code /path = value}, in order; strings keep their quotes. */
  public static List<String> leaves(String text) {
    List<String> leaves = new ArrayList<>();
    collect(parse(text), "", leaves);
    return leaves;
  }

  private static void collect(JsonNode node, String path, List<String> leaves) {
    if (node.isObject() && !node.isEmpty()) {
      node.properties()
          .forEach(field -> collect(field.getValue(), path + "/" + field.getKey(), leaves));
    } else if (node.isArray() && !node.isEmpty()) {
      for (int i = 0; i < node.size(); i++) {
        collect(node.get(i), path + "/" + i, leaves);
      }
    } else {
      leaves.add(path + " = " + node);
    }
  }

  /** Names of an object's own fields, in order. */
  public static List<String> fieldNames(JsonNode object) {
    return object.properties().stream().map(Map.Entry::getKey).toList();
  }

  /**
   * The field names of every object in a text, by its path; elements of an array share the path
   * {@code *}.
   */
  public static Map<String, List<String>> objects(String text) {
    Map<String, List<String>> objects = new TreeMap<>();
    collectObjects(parse(text), "", objects);
    return objects;
  }

  private static void collectObjects(
      JsonNode node, String path, Map<String, List<String>> objects) {
    if (node.isObject()) {
      objects.put(path, fieldNames(node));
      node.properties()
          .forEach(field -> collectObjects(field.getValue(), path + "/" + field.getKey(), objects));
    }
    if (node.isArray()) {
      node.forEach(element -> collectObjects(element, path + "/*", objects));
    }
  }
}
