package dev.castra.store;

import static dev.castra.store.jooq.Tables.CLAIMS;
import static dev.castra.store.jooq.Tables.EVENTS;
import static dev.castra.store.jooq.Tables.INVOCATIONS;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.process.PrivateFiles;
import dev.castra.process.ProcessIdentity;
import dev.castra.project.StateRoot;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;

/**
 * Who works on which VM. The claim itself is the operating system's lock on a file, which the
 * kernel frees however its holder dies; the row says who the holder is.
 */
public final class VmClaims {
  private static final String SHUTDOWN = CastraEvent.ShutdownRequested.class.getSimpleName();

  private static final System.Logger LOG = System.getLogger(VmClaims.class.getName());

  private final Database database;
  private final EventLog events;
  private final StateRoot root;

  public VmClaims(Database database, EventLog events, StateRoot root) {
    this.database = database;
    this.events = events;
    this.root = root;
  }

  /** Who holds a VM, for messages. */
  public record Holder(ProcessIdentity process, String command, Instant since) {
    /** Such as {@code `castra up` (pid 17, since 2026-01-02T03:04:05Z)}. */
    public String describe() {
      return "`" + command + "` (pid " + process.pid() + ", since " + since + ")";
    }
  }

  /** The right to work on one VM until closed. */
  public final class Claim implements AutoCloseable {
    private final VmName vm;
    private final FileChannel channel;
    private boolean announced;

    private Claim(VmName vm, FileChannel channel) {
      this.vm = vm;
      this.channel = channel;
    }

    /** Says in the database who works on the VM; a NoOp does without. Idempotent. */
    public void announce() {
      if (!announced) {
        VmClaims.this.announce(vm);
        announced = true;
      }
    }

    /** Never throws: what was done under the claim is done, and the lock is what frees the VM. */
    @Override
    public void close() {
      try {
        if (announced) {
          forget(vm);
        }
      } catch (CastraException databaseGone) {
        // Names a holder that nobody believes once this process has ended, or the next one
        // announces itself.
        LOG.log(System.Logger.Level.DEBUG, "A claim was not taken off the record.", databaseGone);
      } finally {
        closeQuietly(channel);
      }
    }
  }

  /** Claims the VM if nobody has it. Does not wait. */
  public Optional<Claim> tryClaim(VmName vm) {
    Path file = root.claimLock(vm);
    PrivateFiles.createFolder(root.lockFolder());
    FileChannel channel = open(file);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return Optional.of(new Claim(vm, channel));
      }
      closeQuietly(channel);
      return Optional.empty();
    } catch (IOException e) {
      closeQuietly(channel);
      throw locking(file, e);
    }
  }

  /** What to say when somebody else has the VM. */
  public static CastraException busy(VmName vm, Optional<Holder> holder) {
    return new CastraException(
        ErrorCode.BUSY,
        "VM `"
            + vm
            + "` is being worked on by "
            + holder.map(Holder::describe).orElse("another castra process")
            + ".",
        "Try again when it has ended.");
  }

  /** Who announced itself on the VM and is alive; a holder that only looks is not announced. */
  public Optional<Holder> holder(VmName vm) {
    return database
        .transaction(
            sql ->
                sql.selectFrom(CLAIMS)
                    .where(CLAIMS.VM.eq(vm.value()))
                    .fetchOptional(
                        row ->
                            new Holder(
                                new ProcessIdentity(
                                    row.getPid(), row.getPidStartTicks(), row.getHostBootId()),
                                row.getCommand(),
                                row.getClaimedAt().toInstant())))
        .filter(holder -> holder.process().isAlive());
  }

  /**
   * Who is stopping the VM just now; that takes no claim.
   *
   * @param requestedAt when the wish was recorded; whoever stopped the VM before is not meant
   */
  public Optional<Holder> stopper(VmName vm, Instant requestedAt) {
    return database
        .transaction(
            sql ->
                sql.select()
                    .from(EVENTS)
                    .join(INVOCATIONS)
                    .on(INVOCATIONS.INVOCATION_ID.eq(EVENTS.INVOCATION_ID))
                    .where(EVENTS.VM.eq(vm.value()))
                    .and(EVENTS.TYPE.eq(SHUTDOWN))
                    .and(EVENTS.TS.ge(Times.utc(requestedAt)))
                    .and(INVOCATIONS.ENDED_AT.isNull())
                    .orderBy(EVENTS.SEQ.desc())
                    .limit(1)
                    .fetchOptional(
                        row ->
                            new Holder(
                                new ProcessIdentity(
                                    row.get(INVOCATIONS.PID),
                                    row.get(INVOCATIONS.PID_START_TICKS),
                                    row.get(INVOCATIONS.HOST_BOOT_ID)),
                                row.get(INVOCATIONS.COMMAND),
                                row.get(EVENTS.TS).toInstant())))
        .filter(holder -> holder.process().isAlive());
  }

  private void announce(VmName vm) {
    Invocation invocation = events.invocation();
    database.transaction(
        sql ->
            sql.mergeInto(CLAIMS)
                .columns(
                    CLAIMS.VM,
                    CLAIMS.INVOCATION_ID,
                    CLAIMS.PID,
                    CLAIMS.PID_START_TICKS,
                    CLAIMS.HOST_BOOT_ID,
                    CLAIMS.HOST,
                    CLAIMS.COMMAND,
                    CLAIMS.CLAIMED_AT)
                .key(CLAIMS.VM)
                .values(
                    vm.value(),
                    invocation.id(),
                    invocation.process().pid(),
                    invocation.process().startTicks(),
                    invocation.process().hostBootId(),
                    hostName(),
                    Text.atMost(1000, invocation.command()),
                    Times.utc(events.now()))
                .execute());
  }

  private void forget(VmName vm) {
    database.transaction(
        sql ->
            sql.deleteFrom(CLAIMS)
                .where(CLAIMS.VM.eq(vm.value()))
                .and(CLAIMS.INVOCATION_ID.eq(events.invocation().id()))
                .execute());
  }

  private static String hostName() {
    try {
      return Text.atMost(255, InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  private static FileChannel open(Path file) {
    try {
      return FileChannel.open(
          file,
          EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (IOException e) {
      throw locking(file, e);
    }
  }

  private static CastraException locking(Path file, IOException cause) {
    return new CastraException(
        ErrorCode.IO,
        "Lock file `" + file + "` cannot be used: " + cause + ".",
        "Check that the state root is writable and on a file system with locks.",
        cause);
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException lockIsFreedAnyway) {
      // The kernel frees the lock with the descriptor, whatever close reports.
    }
  }
}
