package dev.castra.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;

/**
 * Runs a command line with the host's shell. As with OpenSSH the exit status goes out when the
 * process ends, and the channel closes only when nobody holds its output any more.
 */
final class HostCommand implements Command {
  private static final Map<Integer, String> SIGNALS = Map.of(134, "ABRT", 137, "KILL", 143, "TERM");

  private final SshGuestServer guest;
  private final String command;
  private final ProcessMark mark;
  private InputStream in = InputStream.nullInputStream();
  private OutputStream out = OutputStream.nullOutputStream();
  private OutputStream err = OutputStream.nullOutputStream();
  private volatile @Nullable Process process;
  private volatile boolean destroyed;

  HostCommand(SshGuestServer guest, String command, ProcessMark mark) {
    this.guest = guest;
    this.command = command;
    this.mark = mark;
  }

  @Override
  public void setInputStream(InputStream stream) {
    in = stream;
  }

  @Override
  public void setOutputStream(OutputStream stream) {
    out = stream;
  }

  @Override
  public void setErrorStream(OutputStream stream) {
    err = stream;
  }

  @Override
  public void setExitCallback(ExitCallback callback) {}

  @Override
  public void start(ChannelSession channel, Environment environment) throws IOException {
    guest.count(command);
    // The command travels in a file: Java would pass arguments in the platform's charset.
    Path file = Files.createTempFile("castra-command", ".sh");
    Files.writeString(file, guest.refusesCommands() ? "exit 127" : command);
    ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", ". " + file);
    builder.environment().putAll(guest.environment());
    mark.put(builder);
    Process started = builder.start();
    process = started;
    daemon("stdin", () -> feed(started));
    Thread stdout = daemon("stdout", () -> pump(started.getInputStream(), out));
    Thread stderr = daemon("stderr", () -> pump(started.getErrorStream(), err));
    daemon("exit", () -> report(channel, started, file, stdout, stderr));
  }

  @Override
  public void destroy(ChannelSession channel) {
    destroyed = true;
    Process started = process;
    if (started != null) {
      closeQuietly(started.getInputStream());
      closeQuietly(started.getErrorStream());
      closeQuietly(started.getOutputStream());
    }
  }

  private void feed(Process process) {
    try (OutputStream stdin = process.getOutputStream()) {
      pump(in, stdin);
    } catch (IOException processIsGone) {
      return;
    }
  }

  private static void pump(InputStream from, OutputStream to) {
    byte[] chunk = new byte[16 << 10];
    try {
      for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
        to.write(chunk, 0, read);
        to.flush();
      }
    } catch (IOException oneSideIsGone) {
      return;
    }
  }

  private void report(
      ChannelSession channel, Process process, Path file, Thread stdout, Thread stderr) {
    try {
      process.waitFor();
      Files.deleteIfExists(file);
      stdout.join(100);
      stderr.join(100);
      if (!destroyed) {
        sendExit(channel, process.exitValue());
      }
      stdout.join();
      stderr.join();
      channel.close(false);
    } catch (InterruptedException | IOException connectionIsGone) {
      channel.close(true);
    }
  }

  private static void sendExit(ChannelSession channel, int status) throws IOException {
    String signal = SIGNALS.get(status);
    Buffer packet = channel.getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST);
    packet.putUInt(channel.getRecipient());
    packet.putString(signal == null ? "exit-status" : "exit-signal");
    packet.putBoolean(false);
    if (signal == null) {
      packet.putUInt(status);
    } else {
      packet.putString(signal);
      packet.putBoolean(false);
      packet.putString("");
      packet.putString("");
    }
    channel.writePacket(packet);
  }

  private static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(task, "guest-" + name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void closeQuietly(AutoCloseable stream) {
    try {
      stream.close();
    } catch (Exception alreadyGone) {
      return;
    }
  }
}
