package dev.castra.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** A document with one thing changed, for every thing that could be. */
record Variations(JsonNode document) {
  /**
   * One changed document.
   *
   * @param change what was changed, for people
   */
  record Variation(String change, JsonNode document) {
    @Override
    public String toString() {
      return change;
    }
  }

  /** Every field of every object left out in turn. */
  List<Variation> withoutAField() {
    return changed("without", ObjectNode::remove);
  }

  /** Every field of every object with a value of a kind that no field has. */
  List<Variation> withAWrongValue() {
    return changed("wrong", (object, field) -> object.put(field, 0.5));
  }

  /** Every object with a field that nobody has heard of. */
  List<Variation> withAnUnknownField() {
    return changed("more beside", (object, field) -> object.put("not_yet_known", 1));
  }

  private List<Variation> changed(String what, BiConsumer<ObjectNode, String> change) {
    List<Variation> variations = new ArrayList<>();
    for (String pointer : objects(document, "")) {
      for (Map.Entry<String, JsonNode> field : at(document, pointer).properties()) {
        JsonNode copy = document.deepCopy();
        change.accept(at(copy, pointer), field.getKey());
        variations.add(new Variation(what + " " + pointer + "/" + field.getKey(), copy));
      }
    }
    return variations;
  }

  private static ObjectNode at(JsonNode document, String pointer) {
    return (ObjectNode) document.at(pointer);
  }

  /** JSON pointers of every object. */
  private static List<String> objects(JsonNode node, String pointer) {
    List<String> pointers = new ArrayList<>();
    if (node.isObject()) {
      pointers.add(pointer);
      node.properties()
          .forEach(
              field -> pointers.addAll(objects(field.getValue(), pointer + "/" + field.getKey())));
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      pointers.addAll(objects(node.get(i), pointer + "/" + i));
    }
    return pointers;
  }
}
