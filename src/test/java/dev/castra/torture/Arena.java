package dev.castra.torture;

import dev.castra.it.CastraProject;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A project to be tortured, and its machines. */
interface Arena extends AutoCloseable {
  CastraProject project();

  /** In the order of castra.toml. */
  List<String> vms();

  /** The next castra command of a round. */
  Command command(Random random);

  /** Changes inputs before a round; says what in one phrase each. */
  List<String> vary(Random random) throws Exception;

  /** Something that disturbs one of so many castra processes. */
  Trouble trouble(Random random, int processes);

  /** Ends what troubles began; all castra processes have ended. */
  void calm() throws Exception;

  /**
   * Puts everything in order, so that the next {@code castra up} has no reason to fail.
   *
   * @return commands that a user would run before
   */
  List<Command> heal() throws Exception;

  /** Lines that scripts left on the machine; empty if it cannot be asked now. */
  Optional<List<String>> witness(String vm) throws Exception;

  /** Leaves the project's folder for a look at it, once closed. */
  void keep();

  @Override
  void close() throws Exception;
}
