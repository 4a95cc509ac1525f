package dev.castra.guest;

import java.util.List;
import java.util.Optional;

/** What can be seen of a guest without talking to it; quick, for any thread. */
public interface Console {
  /**
   * What the guest shows that may keep it from answering.
   *
   * @param serverSpoke true if an SSH server has answered, though not as it should
   */
  Optional<Finding> finding(boolean serverSpoke);

  /** The newest lines, without control characters, oldest first; few and short. */
  List<String> tail();

  /**
   * One finding.
   *
   * @param id stable, kebab-case
   * @param sentence for people
   * @param hint what to do about it
   * @param hopeless true once waiting on makes no sense
   */
  record Finding(String id, String sentence, String hint, boolean hopeless) {}

  /** For machines whose console is not ours to see. */
  static Console none() {
    return new Console() {
      @Override
      public Optional<Finding> finding(boolean serverSpoke) {
        return Optional.empty();
      }

      @Override
      public List<String> tail() {
        return List.of();
      }
    };
  }
}
