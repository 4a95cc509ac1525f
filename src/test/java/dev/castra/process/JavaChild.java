package dev.castra.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A second JVM with the class path of this one; closing it kills it. */
public final class JavaChild implements AutoCloseable {
  private static final long LIMIT_SECONDS = 60;
  private static final String END = "end of output \0";

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> complaints = new ArrayList<>();

  private JavaChild(Process process) {
    this.process = process;
    pump(process.getInputStream(), lines::add, () -> lines.add(END));
    pump(process.getErrorStream(), this::complain, () -> {});
  }

  public static JavaChild start(Class<?> main, String... arguments) throws IOException {
    return startUnder("077", main, arguments);
  }

  /** Starts {@code main} in a shell's {@code umask}. */
  public static JavaChild startUnder(String umask, Class<?> main, String... arguments)
      throws IOException {
    return startAfter("umask " + umask, main, arguments);
  }

  /**
   * Starts {@code main} where every file is refused to grow beyond {@code kib}, as on a full disk.
   */
  public static JavaChild startWithFilesUpTo(int kib, Class<?> main, String... arguments)
      throws IOException {
    // POSIX counts blocks of 512 bytes.
    return startAfter("umask 077; ulimit -f " + 2 * kib, main, arguments);
  }

  private static JavaChild startAfter(String preparation, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", preparation + "; exec \"$@\""));
    command.addAll(
        List.of(
            "sh",
            System.getProperty("java.home") + "/bin/java",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx192m",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(List.of(arguments));
    return new JavaChild(new ProcessBuilder(command).start());
  }

  public long pid() {
    return process.pid();
  }

  /** The next line the child prints. */
  public String line() throws InterruptedException {
    String line = lines.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (line == null || line.equals(END)) {
      throw new AssertionError(
          (line == null ? "The child is silent: " : "The child ended: ") + complaints());
    }
    return line;
  }

  /** Everything the child still prints until its end. */
  public List<String> rest() throws InterruptedException {
    List<String> rest = new ArrayList<>();
    while (true) {
      String line = lines.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
      if (line == null) {
        throw new AssertionError("The child does not end: " + complaints());
      }
      if (line.equals(END)) {
        return rest;
      }
      rest.add(line);
    }
  }

  /** Gives the child a line to read. */
  public void go() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
  }

  /** Ends the child's input, which tells it to leave, and waits until it has. */
  public void leave() throws IOException, InterruptedException {
    process.getOutputStream().close();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new AssertionError("The child did not leave in order: " + complaints());
    }
  }

  /** True if the child ends in this time. */
  public boolean awaitEnd(long time, TimeUnit unit) throws InterruptedException {
    return process.waitFor(time, unit);
  }

  /** SIGKILL; returns once the kernel has taken everything from the child. */
  public void kill() throws InterruptedException {
    // Not through Process, which would close the pipes with what is still in them.
    process.toHandle().destroyForcibly();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("The child survives SIGKILL.");
    }
  }

  @Override
  public void close() {
    try {
      kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pump(InputStream stream, Consumer<String> each, Runnable atEnd) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader reader =
                  new BufferedReader(new InputStreamReader(stream, UTF_8))) {
                reader.lines().forEach(each);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              } finally {
                atEnd.run();
              }
            },
            "child-output");
    thread.setDaemon(true);
    thread.start();
  }

  private void complain(String line) {
    synchronized (complaints) {
      complaints.add(line);
    }
  }

  private String complaints() {
    synchronized (complaints) {
      return String.join("\n", complaints);
    }
  }
}
