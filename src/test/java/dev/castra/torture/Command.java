package dev.castra.torture;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * One castra command.
 *
 * @param endings exit codes it may end with when nobody signals it
 */
record Command(List<String> arguments, Set<Integer> endings) {
  private static final int DONE = 0;
  private static final int FAILED = 70;
  private static final int BUSY = 75;

  Command {
    arguments = List.copyOf(arguments);
    endings = Set.copyOf(endings);
  }

  static Command up(String... options) {
    return bootstrapping("up", options);
  }

  private static Command bootstrapping(String verb, String... options) {
    List<String> arguments = new ArrayList<>(List.of(verb, "--json"));
    arguments.addAll(List.of(options));
    return new Command(
        arguments,
        arguments.contains("--no-wait") ? Set.of(DONE, FAILED, BUSY) : Set.of(DONE, FAILED));
  }

  static Command status() {
    return new Command(List.of("status", "--json"), Set.of(DONE));
  }

  static Command down() {
    return new Command(List.of("down", "--json"), Set.of(DONE));
  }

  private static Command stampsRm(String vm) {
    return new Command(List.of("stamps", "rm", vm), Set.of(DONE, FAILED, BUSY));
  }

  static Command trust(String vm) {
    return new Command(List.of("trust", vm, "--yes"), Set.of(DONE, FAILED, BUSY));
  }

  /** What only looks, while others work and are killed. */
  private static Command looking(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> new Command(List.of("up", "--plan"), Set.of(DONE, FAILED));
      case 1 -> new Command(List.of("history", "--json"), Set.of(DONE));
      case 2 -> new Command(List.of("stamps", "--json"), Set.of(DONE));
      default -> status();
    };
  }

  /** One of those that work on {@code vms}, the plain ones most of the time, or that look. */
  static Command random(Random random, List<String> vms) {
    String vm = vms.get(random.nextInt(vms.size()));
    String other = vms.get(random.nextInt(vms.size()));
    int dice = random.nextInt(100);
    if (dice < 42) {
      return up();
    }
    if (dice < 51) {
      return up("--bootstrap", "always");
    }
    if (dice < 58) {
      return up(
          "--bootstrap",
          "auto," + vm + "=always" + (other.equals(vm) ? "" : "," + other + "=disabled"));
    }
    if (dice < 62) {
      return up("--bootstrap", "disabled");
    }
    if (dice < 70) {
      return up("--no-wait");
    }
    if (dice < 75) {
      return up(vm);
    }
    if (dice < 81) {
      return bootstrapping("bootstrap");
    }
    return dice < 83 ? stampsRm(vm) : looking(random);
  }

  /** Whether its output is one event per line. */
  boolean tellsEvents() {
    return !arguments.contains("--plan")
        && List.of("up", "bootstrap", "down").contains(arguments.get(0));
  }

  @Override
  public String toString() {
    return String.join(" ", arguments).replace(" --json", "");
  }
}
