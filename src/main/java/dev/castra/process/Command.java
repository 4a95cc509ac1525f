package dev.castra.process;

import dev.castra.error.CastraBug;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs a short-lived program to its end, with a deadline and bounded output. */
public final class Command {
  private static final int MOST_OUTPUT_BYTES = 1 << 20;

  private Command() {}

  /**
   * @param exitCode status of the program
   * @param stdout at most 1 MiB of what it wrote
   * @param stderr at most 1 MiB of what it wrote
   */
  public record Result(int exitCode, String stdout, String stderr) {
    public boolean succeeded() {
      return exitCode == 0;
    }
  }

  /**
   * Starts {@code arguments}, waits for the end and returns what it said. Blocks.
   *
   * @throws CastraException with {@code PROGRAM_MISSING} if the program cannot be started, with
   *     {@code IO} if it does not end within {@code limit}; it is killed then
   */
  public static Result run(List<String> arguments, Duration limit) throws InterruptedException {
    Process process = start(arguments);
    CompletableFuture<String> stdout = drain(process.getInputStream());
    CompletableFuture<String> stderr = drain(process.getErrorStream());
    try {
      process.getOutputStream().close();
      // A child of the program may keep its output open after its end, so both have the deadline.
      process
          .onExit()
          .thenCombine(stdout.thenCombine(stderr, String::concat), (ended, said) -> ended)
          .get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return new Result(process.exitValue(), stdout.join(), stderr.join());
    } catch (TimeoutException e) {
      throw new CastraException(
          ErrorCode.IO,
          "`" + arguments.get(0) + "` did not end within " + limit.toMillis() + " ms.",
          "Run it by hand to see what it waits for: " + String.join(" ", arguments),
          e);
    } catch (ExecutionException e) {
      throw new CastraBug("waiting for a program failed", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Absolute path of {@code program} on the {@code PATH} given, or empty. */
  public static Optional<Path> find(String program, String searchPath) {
    for (String folder : searchPath.split(":", -1)) {
      Path candidate = Path.of(folder.isEmpty() ? "." : folder).resolve(program);
      if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
        return Optional.of(candidate.toAbsolutePath());
      }
    }
    return Optional.empty();
  }

  private static Process start(List<String> arguments) {
    try {
      return new ProcessBuilder(arguments).start();
    } catch (IOException e) {
      throw new CastraException(
          ErrorCode.PROGRAM_MISSING,
          "`" + arguments.get(0) + "` cannot be started: " + e.getMessage() + ".",
          "Install it or put its folder on the PATH.",
          e);
    }
  }

  private static CompletableFuture<String> drain(InputStream stream) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (stream) {
            byte[] kept = stream.readNBytes(MOST_OUTPUT_BYTES);
            stream.transferTo(java.io.OutputStream.nullOutputStream());
            return new String(kept, StandardCharsets.UTF_8);
          } catch (IOException e) {
            return "";
          }
        },
        task -> {
          Thread thread = new Thread(task, "castra-drain");
          thread.setDaemon(true);
          thread.start();
        });
  }
}
