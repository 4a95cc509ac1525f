package dev.castra.vm;

/**
 * A value that castra.toml gives to the environment of a script.
 *
 * @param name of the variable
 * @param value a secret
 */
public record EnvSecret(String name, String value) {
  /** Never prints the value. */
  @Override
  public String toString() {
    return "EnvSecret[" + name + "]";
  }
}
