package dev.castra.operation;

import dev.castra.guest.Console;
import dev.castra.process.Ticker;
import dev.castra.qemu.SerialConsole;
import dev.castra.qemu.SerialSign;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A VM's serial console, read for what it says about the guest's chances to answer. Thread-safe.
 */
final class WatchedConsole implements Console {
  /** What looks like a dead end may still go on: a prompt may belong to a menu about to boot. */
  private static final Duration STUCK_AFTER = Duration.ofSeconds(5);

  /** SSH servers may start later than the login prompt. */
  private static final Duration LOGIN_GRACE = Duration.ofSeconds(15);

  private final VmName vm;
  private final Path log;
  private final SerialConsole serial;
  private volatile boolean answered;

  WatchedConsole(VmName vm, Path serialLog, Ticker ticker) {
    this.vm = vm;
    this.log = serialLog;
    this.serial = new SerialConsole(serialLog, ticker);
  }

  /** The guest has shaken hands; from now on only a panic in the future counts. */
  void answered() {
    serial.settle();
    answered = true;
  }

  /** That the guest panicked after it had answered. */
  Optional<String> deathNotice() {
    return answered
        ? serial.panic().map(words -> sentence(SerialSign.KERNEL_PANIC, words))
        : Optional.empty();
  }

  @Override
  public Optional<Finding> finding(boolean serverSpoke) {
    if (answered) {
      return Optional.empty();
    }
    return serial
        .sighting()
        .filter(seen -> !(serverSpoke && seen.sign() == SerialSign.LOGIN_PROMPT))
        .map(this::finding);
  }

  private Finding finding(SerialConsole.Sighting seen) {
    return new Finding(
        seen.sign().id(),
        sentence(seen.sign(), seen.words()),
        seen.sign().remedy() + " The console is in `" + log + "`.",
        isHopeless(seen));
  }

  private String sentence(SerialSign sign, String words) {
    return "The serial console of VM `" + vm + "` shows " + sign.label() + ": `" + words + "`.";
  }

  private static boolean isHopeless(SerialConsole.Sighting seen) {
    return switch (seen.sign()) {
      // A guest that resets itself after a panic and panics again will do so for ever.
      case KERNEL_PANIC -> seen.times() > 1 || outlasts(seen, STUCK_AFTER);
      case LOGIN_PROMPT -> outlasts(seen, loginGrace(seen.after()));
      default -> outlasts(seen, STUCK_AFTER);
    };
  }

  private static boolean outlasts(SerialConsole.Sighting seen, Duration grace) {
    return seen.standing().compareTo(grace) >= 0;
  }

  /** A guest slow to get to its prompt is slow to start its SSH server. */
  private static Duration loginGrace(Duration took) {
    Duration half = took.dividedBy(2);
    return half.compareTo(LOGIN_GRACE) > 0 ? half : LOGIN_GRACE;
  }

  @Override
  public List<String> tail() {
    return serial.tail();
  }
}
