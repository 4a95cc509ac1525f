package dev.castra.guest;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A guest with a session and one run folder. */
final class JobGuest implements AutoCloseable {
  final LiveGuest live = new LiveGuest();
  final ByteArrayOutputStream out = new ByteArrayOutputStream();
  final GuestPath run;
  GuestSession session;
  private final Path folder;

  JobGuest(Path folder) throws InterruptedException {
    this.folder = folder;
    this.run = new GuestPath(folder + "/run of 'it'");
    this.session = live.connect();
  }

  void reconnect() throws InterruptedException {
    session = live.connect();
  }

  /** Uploaded, not started. With busybox as the shell, all other tools are busybox's too. */
  RemoteJob job(List<String> shell, String script, Map<String, String> variables) throws Exception {
    if (shell.get(0).equals("busybox")) {
      String programs = "sh setsid nohup dd sleep mkdir rm mv tr grep wc chmod tar head env";
      Path bin = Tools.ofBusybox(folder.resolve("busybox"), programs.split(" ", -1));
      live.server.setEnvironment(Map.of("PATH", bin + ":" + System.getenv("PATH")));
    }
    byte[] bytes = script.getBytes(StandardCharsets.UTF_8);
    TarUpload.send(
        session,
        run,
        List.of(
            TarEntrySource.File.of(RemoteJob.SCRIPT, 0600, bytes),
            new TarEntrySource.Folder(RawName.of(RemoteJob.PAYLOAD), 0755),
            RemoteJob.environment(variables),
            RemoteJob.control()),
        LiveGuest.LONG);
    return new RemoteJob(session, run, shell);
  }

  String text() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Follows a job until it has said {@code up}. */
  void awaitUp(RemoteJob job) throws InterruptedException {
    while (!text().equals("up\n")) {
      JobProgress progress = job.follow(out.size(), out, Duration.ofMillis(500));
      if (!(progress instanceof JobProgress.StillRunning)) {
        throw new AssertionError(progress);
      }
    }
  }

  /** Everything of the job that still runs, whatever its session. */
  List<Long> processes() {
    ProcessMark mark = new ProcessMark("CASTRA_RUN_DIR", run.value());
    return mark.alive().stream().map(ProcessHandle::pid).toList();
  }

  /** Keeps what it gets, and cuts the connection after so much. */
  OutputStream dropsAfter(int bytes) {
    return new OutputStream() {
      @Override
      public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] chunk, int offset, int length) {
        out.write(chunk, offset, length);
        if (out.size() >= bytes) {
          live.server.dropConnections();
        }
      }
    };
  }

  @Override
  public void close() {
    session.close();
    live.close();
  }
}
