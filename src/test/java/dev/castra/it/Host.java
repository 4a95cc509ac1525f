package dev.castra.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What the operating system says about processes and sockets. */
public final class Host {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Host() {}

  public static void signal(String name, long pid) {
    run(Path.of("/"), "kill", "-" + name, Long.toString(pid));
  }

  /** Runs a short program and gives its output; failure fails the test. */
  public static String run(Path folder, String... command) {
    try {
      Process process =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new AssertionError(Arrays.toString(command) + " failed: " + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  public static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited " + LIMIT.toSeconds() + " s for: " + what);
      }
      Thread.sleep(20);
    }
  }

  static boolean isAlive(long pid) {
    String state = stat(pid).map(fields -> fields[0]).orElse("X");
    return !state.equals("Z") && !state.equals("X");
  }

  static long processGroup(long pid) {
    return Long.parseLong(stat(pid).orElseThrow()[2]);
  }

  static long session(long pid) {
    return Long.parseLong(stat(pid).orElseThrow()[3]);
  }

  /** Fields of proc(5)'s stat from the state on. */
  private static java.util.Optional<String[]> stat(long pid) {
    try {
      String line = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return java.util.Optional.of(line.substring(line.lastIndexOf(')') + 2).split(" "));
    } catch (IOException gone) {
      return java.util.Optional.empty();
    }
  }

  public static boolean isNamedByAnyProcess(Path folder) {
    try {
      return !processesNaming(folder).isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Processes whose command line names something below {@code folder}. */
  public static List<Long> processesNaming(Path folder) throws IOException {
    List<Long> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        if (commandLine(process).contains(folder + "/")) {
          found.add(Long.parseLong(process.getFileName().toString()));
        }
      }
    }
    return found;
  }

  private static String commandLine(Path process) {
    try {
      return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }

  /** Connections to a listening TCP port that its process has not accepted, closed ones too. */
  static int unacceptedConnections(int port) throws IOException {
    String local = "0100007F:%04X".formatted(port);
    for (String line : Files.readAllLines(Path.of("/proc/net/tcp"))) {
      String[] fields = line.strip().split("\\s+");
      if (fields[1].equals(local) && fields[3].equals("0A")) {
        return Integer.parseInt(fields[4].substring(fields[4].indexOf(':') + 1), 16);
      }
    }
    throw new AssertionError("nothing listens on port " + port);
  }
}
