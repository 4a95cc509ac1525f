package dev.castra.guest;

/**
 * An absolute path of a folder in the guest that Castra may make and remove: never the root, never
 * one that leads elsewhere through {@code .} or {@code ..}.
 */
public record GuestPath(String value) {
  /**
   * @throws IllegalArgumentException if it is relative, the root, not in its simplest form, or
   *     holds control characters
   */
  public GuestPath {
    if (!value.startsWith("/") || value.equals("/")) {
      throw new IllegalArgumentException(
          "`" + value + "` is not a folder of its own in the guest.");
    }
    for (String name : value.substring(1).split("/", -1)) {
      if (name.isEmpty() || name.equals(".") || name.equals("..")) {
        throw new IllegalArgumentException("`" + value + "` is not in its simplest form.");
      }
    }
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("A path in the guest holds control characters.");
    }
  }

  /** {@code name} may itself hold slashes. */
  public GuestPath resolve(String name) {
    return new GuestPath(value + "/" + name);
  }

  /** The folder above, which may be the root. */
  public String parent() {
    return value.substring(0, Math.max(1, value.lastIndexOf('/')));
  }

  @Override
  public String toString() {
    return value;
  }
}
