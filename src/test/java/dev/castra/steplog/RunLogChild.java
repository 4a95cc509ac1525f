package dev.castra.steplog;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.castra.event.Fields;
import dev.castra.run.RunId;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;

/** A process that writes a run's log and is killed over it, or floods it. */
final class RunLogChild {
  static final String FLOOD_LINE = "x".repeat(99) + "\n";
  static final long FLOOD_BYTES = 50_000_000;

  private static final PrintStream OUT =
      new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);

  private RunLogChild() {}

  public static void main(String[] arguments) throws IOException {
    Clock clock = Clock.fixed(Instant.parse("2026-01-02T03:04:05.678Z"), ZoneOffset.UTC);
    try (RunLog log = RunLog.open(Path.of(arguments[0]), new RunId(7), clock)) {
      if (arguments[1].equals("flood")) {
        flood(log.output());
      } else {
        log.output().write("the guest said thi".getBytes(UTF_8));
      }
      if (!arguments[1].equals("torn")) {
        log.finish(Fields.of("status", "success"));
      }
      OUT.println("written");
      while (!arguments[1].equals("flood") && System.in.read() >= 0) {
        // Waits to be killed.
      }
    }
  }

  private static void flood(OutputStream output) throws IOException {
    byte[] chunk = FLOOD_LINE.repeat(320).getBytes(UTF_8);
    long left = FLOOD_BYTES;
    while (left > 0) {
      int length = (int) Math.min(chunk.length, left);
      output.write(chunk, 0, length);
      left -= length;
    }
  }
}
