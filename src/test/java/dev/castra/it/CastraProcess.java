package dev.castra.it;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A castra that runs, with everything it printed so far. */
public final class CastraProcess implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(150);

  private final Process process;
  private final List<String> stdout = new ArrayList<>();
  private final List<String> stderr = new ArrayList<>();
  private final List<Thread> readers;

  private CastraProcess(Process process) {
    this.process = process;
    this.readers =
        List.of(reader(process.getInputStream(), stdout), reader(process.getErrorStream(), stderr));
  }

  static CastraProcess start(List<String> command, Path folder, Map<String, String> environment) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().putAll(environment);
    builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
    try {
      return new CastraProcess(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Thread reader(InputStream stream, List<String> lines) {
    Thread thread = new Thread(() -> read(stream, lines), "castra-output");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void read(InputStream stream, List<String> lines) {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        synchronized (this) {
          lines.add(line);
          notifyAll();
        }
      }
    } catch (IOException closedByKill) {
      // What was printed before is there.
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Sends the signal to this process alone. */
  void signal(String name) {
    Host.signal(name, pid());
  }

  /** SIGKILL, unless it has ended; what it printed before stays readable. */
  public boolean kill() {
    return process.toHandle().destroyForcibly();
  }

  /** Sends the signal unless the process has ended. */
  public void trySignal(String name) throws IOException, InterruptedException {
    if (process.isAlive()) {
      new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    }
  }

  /** Waits until it has printed so many lines; false if it ended before. */
  public boolean awaitLines(int count) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    synchronized (this) {
      while (stdout.size() < count) {
        if (System.nanoTime() > end || !readers.get(0).isAlive()) {
          return false;
        }
        wait(10);
      }
      return true;
    }
  }

  /** Waits for the first event on stdout that fits. */
  JsonNode awaitEvent(String what, Predicate<JsonNode> fits) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    int seen = 0;
    synchronized (this) {
      while (true) {
        for (; seen < stdout.size(); seen++) {
          JsonNode event = Json.object(stdout.get(seen));
          if (fits.test(event)) {
            return event;
          }
        }
        if (System.nanoTime() > end || (!process.isAlive() && !readers.get(0).isAlive())) {
          throw new AssertionError("no " + what + " in " + stdout + "; stderr: " + stderr);
        }
        wait(50);
      }
    }
  }

  JsonNode awaitEvent(String type) throws InterruptedException {
    return awaitEvent(type, event -> event.path("type").asText().equals(type));
  }

  /** Waits for the end of this step. */
  JsonNode awaitStep(String vm, String step) throws InterruptedException {
    return awaitEvent(
        step + " of " + vm,
        event ->
            event.path("type").asText().equals("BootstrapStep")
                && event.path("vm").asText().equals(vm)
                && event.path("step").asText().equals(step));
  }

  /** Waits until stderr says this. */
  void awaitStderr(String text) throws InterruptedException {
    Host.await("`" + text + "` on stderr", () -> saysOnStderr(text));
  }

  private synchronized boolean saysOnStderr(String text) {
    return stderr.stream().anyMatch(line -> line.contains(text));
  }

  /** What it printed so far, and if it still runs what each of its threads does. */
  public String said() throws InterruptedException {
    try {
      trySignal("QUIT");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // The JVM prints its threads in some milliseconds, and tells nobody when it is done.
    process.waitFor(2, TimeUnit.SECONDS);
    synchronized (this) {
      return String.join("\n", stdout) + "\n" + String.join("\n", stderr);
    }
  }

  /** Waits for its end; killed and failed if there is none in time. */
  public CastraResult end() throws InterruptedException {
    if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      String said = said();
      process.destroyForcibly();
      throw new AssertionError("castra did not end; it printed\n" + said);
    }
    for (Thread reader : readers) {
      reader.join(10_000);
    }
    synchronized (this) {
      stdout.stream().filter(CastraProcess::isDocument).forEach(Json::object);
      return new CastraResult(process.exitValue(), List.copyOf(stdout), String.join("\n", stderr));
    }
  }

  /** An event or a status; the last line of a castra that was killed may be torn. */
  private static boolean isDocument(String line) {
    return line.startsWith("{\"schema_version\"") && line.endsWith("}");
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
