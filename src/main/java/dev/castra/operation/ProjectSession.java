package dev.castra.operation;

import dev.castra.event.EventSink;
import dev.castra.process.ProcessIdentity;
import dev.castra.project.Project;
import dev.castra.store.BootStore;
import dev.castra.store.Database;
import dev.castra.store.DiskStore;
import dev.castra.store.EventLog;
import dev.castra.store.HistoryStore;
import dev.castra.store.ImageHashStore;
import dev.castra.store.Invocation;
import dev.castra.store.InvocationStore;
import dev.castra.store.Leftovers;
import dev.castra.store.RecordReads;
import dev.castra.store.RunStore;
import dev.castra.store.RunTimes;
import dev.castra.store.StampStore;
import dev.castra.store.VmClaims;
import java.util.UUID;

/** An open database and everything that works on it, for the length of one command. */
final class ProjectSession implements AutoCloseable {
  private final Project project;
  private final Host host;
  private final Database database;
  private final EventLog events;
  private final Invocation invocation;

  private ProjectSession(
      Project project, Host host, Database database, EventLog events, Invocation invocation) {
    this.project = project;
    this.host = host;
    this.database = database;
    this.events = events;
    this.invocation = invocation;
  }

  /** Opens the database, creating it if need be, and records that the command has begun. */
  static ProjectSession begin(Project project, Host host, CommandLineInfo command, EventSink sink) {
    ProjectSession session = open(project, host, command, sink);
    try {
      new InvocationStore(session.database)
          .begin(session.invocation, project, host.clock().instant());
      return session;
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /** For a command that only looks, with queries too rich for plain SQL. */
  static ProjectSession look(Project project, Host host, CommandLineInfo command) {
    return open(project, host, command, EventSink.NONE);
  }

  private static ProjectSession open(
      Project project, Host host, CommandLineInfo command, EventSink sink) {
    Database database = Database.open(project.stateRoot(), host.ticker());
    Invocation invocation =
        new Invocation(
            UUID.randomUUID(), command.text(), command.version(), ProcessIdentity.ofSelf());
    EventLog events = new EventLog(database, invocation, sink, host.clock());
    return new ProjectSession(project, host, database, events, invocation);
  }

  void end(int exitCode) {
    new InvocationStore(database).end(invocation, exitCode, host.clock().instant());
  }

  Project project() {
    return project;
  }

  Host host() {
    return host;
  }

  /** The castra that works. */
  String castraVersion() {
    return invocation.castraVersion();
  }

  EventLog events() {
    return events;
  }

  DiskStore disks() {
    return new DiskStore(database, events);
  }

  BootStore boots() {
    return new BootStore(database, events);
  }

  RunStore runs() {
    return new RunStore(database, events);
  }

  RecordReads reads() {
    return database.reads();
  }

  RunTimes runTimes() {
    return new RunTimes(database);
  }

  StampStore stamps() {
    return new StampStore(database, events);
  }

  HistoryStore history() {
    return new HistoryStore(database);
  }

  Leftovers leftovers() {
    return new Leftovers(database);
  }

  VmClaims claims() {
    return new VmClaims(database, events, project.stateRoot());
  }

  ImageHashStore imageHashes() {
    return new ImageHashStore(database, events);
  }

  @Override
  public void close() {
    database.close();
  }
}
