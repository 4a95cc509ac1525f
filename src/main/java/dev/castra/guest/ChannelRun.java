package dev.castra.guest;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.guest.GuestChannel.Arrival;
import dev.castra.process.Deadline;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.sshd.client.future.OpenFuture;
import org.jspecify.annotations.Nullable;

/** Waits for one command; everything it writes is delivered on the waiting thread. */
final class ChannelRun<X extends Exception> {
  /** Silence after the exit status that means that all output has come. */
  private static final Duration GRACE = Duration.ofMillis(200);

  /** A background child that never falls silent is not waited for longer. */
  private static final Duration MOST_GRACE = Duration.ofSeconds(5);

  private final GuestSession session;
  private final GuestChannel channel;
  private final RemoteCommand command;
  private final Deadline deadline;
  private final Watch<X> watch;
  private final KeptOutput keptOut = new KeptOutput();
  private final KeptOutput keptErr = new KeptOutput();
  private @Nullable StdinPump pump;
  private @Nullable Deadline grace;
  private @Nullable Deadline silence;

  ChannelRun(
      GuestSession session,
      GuestChannel channel,
      RemoteCommand command,
      Deadline deadline,
      Watch<X> watch) {
    this.session = session;
    this.channel = channel;
    this.command = command;
    this.deadline = deadline;
    this.watch = watch;
  }

  /** Empty at the deadline; the channel is closed in any case. */
  Optional<RemoteResult> await() throws X, ConnectionLost, InterruptedException {
    try {
      return open() && feed() && drain() ? Optional.of(result()) : Optional.empty();
    } finally {
      channel.close(false);
      if (pump != null) {
        pump.join();
      }
    }
  }

  private boolean open() throws X, ConnectionLost, InterruptedException {
    OpenFuture opening;
    try {
      opening = channel.open();
      opening.addListener(done -> channel.wake());
    } catch (IOException | RuntimeException e) {
      throw lost(e);
    }
    while (!opening.isDone()) {
      watch.check();
      if (session.isGoing()) {
        throw lost(null);
      }
      if (deadline.passed()) {
        return false;
      }
      channel.next(deadline.capped(Watch.AT_LEAST_EVERY));
    }
    if (!opening.isOpened()) {
      throw brokenOff(opening.getException());
    }
    return true;
  }

  private boolean feed() throws ConnectionLost {
    if (command.stdin().isPresent()) {
      pump = new StdinPump(command.stdin().get(), channel);
      pump.start();
      return true;
    }
    try {
      channel.getInvertedIn().close();
    } catch (IOException e) {
      throw lost(e);
    }
    return true;
  }

  /** True once the exit status is known and the output delivered. */
  private boolean drain() throws X, ConnectionLost, InterruptedException {
    while (true) {
      watch.check();
      // Looked at before the queue, so that an empty queue proves that nothing more will come.
      boolean over = channel.isOver();
      boolean ended = channel.hasEnded();
      boolean closing = channel.isClosing();
      Arrival arrival = channel.next(ended && over ? Duration.ZERO : patience(ended));
      if (arrival != null) {
        deliver(arrival);
      } else if (ended && (over || graceIsOver())) {
        return true;
      } else if (closing && !ended) {
        throw brokenOff(null);
      }
      if (pump != null) {
        pump.throwIfSourceFailed();
      }
      if (deadline.passed() && !ended) {
        return false;
      }
    }
  }

  private Duration patience(boolean ended) {
    if (!ended) {
      return deadline.capped(Watch.AT_LEAST_EVERY);
    }
    if (grace == null) {
      grace = Deadline.after(deadline.ticker(), MOST_GRACE);
    }
    if (silence == null) {
      silence = Deadline.after(deadline.ticker(), GRACE);
    }
    return grace.capped(silence.remaining());
  }

  private boolean graceIsOver() {
    return (grace != null && grace.passed()) || (silence != null && silence.passed());
  }

  private void deliver(Arrival arrival) {
    if (!arrival.bytes().hasRemaining()) {
      return;
    }
    silence = null;
    OutputStream sink =
        arrival.error() ? command.stderr().orElse(keptErr) : command.stdout().orElse(keptOut);
    try {
      sink.write(arrival.bytes().array(), 0, arrival.bytes().limit());
    } catch (IOException e) {
      throw new CastraException(
          ErrorCode.IO,
          "The output of %s cannot be stored: %s.".formatted(command.label(), e.getMessage()),
          "Free disk space or make the state root writable.",
          e);
    }
    try {
      channel.consumed(arrival);
    } catch (IOException connectionIsGoing) {
      return; // the next look at the channel says so
    }
  }

  private RemoteResult result() {
    Integer status = channel.getExitStatus();
    return new RemoteResult(
        status == null ? OptionalInt.empty() : OptionalInt.of(status),
        Optional.ofNullable(channel.getExitSignal()),
        keptOut.text(),
        keptErr.text());
  }

  /** Throws whichever it is: the connection is gone, or only the command. */
  private CastraException brokenOff(@Nullable Throwable cause) throws ConnectionLost {
    if (session.isGoing()) {
      throw lost(cause);
    }
    return refused(cause);
  }

  private ConnectionLost lost(@Nullable Throwable cause) {
    return new ConnectionLost(command.label(), cause);
  }

  private CastraException refused(@Nullable Throwable cause) {
    return new CastraException(
        ErrorCode.GUEST_FAILED,
        "%s ended without an exit status on `%s`."
            .formatted(command.label(), session.endpoint().address()),
        "Check that the user may run commands over SSH in the guest.",
        cause);
  }
}
