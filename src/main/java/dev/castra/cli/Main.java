package dev.castra.cli;

/** Entry point of the {@code castra} program. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {}
}
