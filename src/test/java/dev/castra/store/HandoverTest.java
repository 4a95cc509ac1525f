package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.process.JavaChild;
import dev.castra.process.ProcessIdentity;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes on one database, and what happens when its owner goes. */
final class HandoverTest {
  @TempDir Path folder;

  @Test
  void aProcessWorksThroughTheOneThatOwnsTheDatabase() throws Exception {
    try (JavaChild owner = child("hold");
        OpenProject project = OpenProject.in(folder)) {
      assertThat(ownerOf(project)).isEqualTo(owner.pid());
      project.newDisk(OpenProject.WEB);
      project.succeed(OpenProject.WEB, OpenProject.A);

      assertThat(project.column("SELECT status FROM runs")).containsExactly("success");
      assertThat(readStatus(project).stamp()).isPresent();
      assertThat(ownerOf(project)).isEqualTo(owner.pid());
    }
  }

  @Test
  void anOwnerThatLeavesLosesAndDoublesNothing() throws Exception {
    survives(JavaChild::leave);
  }

  @Test
  void anOwnerThatIsKilledLosesAndDoublesNothing() throws Exception {
    survives(JavaChild::kill);
  }

  @Test
  void anOwnerServesItsClientsUntilItsProcessEnds() throws Exception {
    OpenProject project = OpenProject.in(folder);
    DatabaseServer.Announcement owner =
        DatabaseServer.Announcement.read(project.root.databaseServer()).orElseThrow();
    try (Connection client = DatabaseUrl.open(DatabaseUrl.server(owner.port(), owner.key()));
        Statement statement = client.createStatement()) {
      client.setAutoCommit(false);
      statement.execute("UPDATE event_counters SET last_seq = last_seq + 7");
      project.close();
      statement.execute("UPDATE event_counters SET last_seq = last_seq + 7");
      client.commit();
      assertThat(LeftOpenDatabases.has(project.root.databaseFile())).isTrue();
    }

    try (OpenProject next = OpenProject.in(folder)) {
      assertThat(LeftOpenDatabases.has(next.root.databaseFile())).isFalse();
      assertThat(next.column("SELECT last_seq FROM event_counters")).containsExactly("14");
    }
  }

  @Test
  void anOwnerGoesOnWithTheDatabaseThatItsClientsOpenedAnew() throws Exception {
    try (OpenProject project = OpenProject.in(folder)) {
      DatabaseServer.Announcement owner =
          DatabaseServer.Announcement.read(project.root.databaseServer()).orElseThrow();
      try (Connection connection = DatabaseUrl.open(DatabaseUrl.owner(project.root.database()));
          Statement statement = connection.createStatement()) {
        statement.execute("SHUTDOWN IMMEDIATELY");
      }
      try (Connection client = DatabaseUrl.open(DatabaseUrl.server(owner.port(), owner.key()));
          Statement statement = client.createStatement()) {
        client.setAutoCommit(false);
        statement.execute("UPDATE event_counters SET last_seq = last_seq + 7");
        assertThat(project.column("SELECT last_seq FROM event_counters")).containsExactly("0");
        client.commit();
      }

      assertThat(project.column("SELECT last_seq FROM event_counters")).containsExactly("7");
      assertThat(DatabaseServer.Announcement.read(project.root.databaseServer())).contains(owner);
    }
  }

  /** While it makes sure that nobody comes any more. */
  @Test
  void whoComesWhileAnOwnerLeavesTriesAgain() throws Exception {
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (OpenProject project = OpenProject.in(folder);
        Connection owner = DatabaseUrl.open(DatabaseUrl.owner(project.root.database()));
        Statement statement = owner.createStatement()) {
      statement.execute("SET EXCLUSIVE 1");
      Future<Boolean> reader =
          threads.submit(() -> ReadConnection.exists(project.root, Ticker.system()));
      assertThatThrownBy(() -> reader.get(1, TimeUnit.SECONDS))
          .isInstanceOf(TimeoutException.class);
      statement.execute("SET EXCLUSIVE 0");

      assertThat(reader.get(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      threads.shutdownNow();
    }
  }

  /** As H2 does when a statement of another program finds no memory. */
  @Test
  void aDatabaseThatClosedUnderItsOwnerLosesAndDoublesNothing() throws Exception {
    try (OpenProject project = OpenProject.in(folder)) {
      for (int i = 0; i < 3; i++) {
        try (Connection connection = DatabaseUrl.open(DatabaseUrl.owner(project.root.database()));
            Statement statement = connection.createStatement()) {
          statement.execute("SHUTDOWN IMMEDIATELY");
        }
        try (JavaChild other = child("events", "other" + i, "50")) {
          publish(project, "owner" + i, 50, new CountDownLatch(0));
          assertThat(other.rest()).hasSize(50);
        }
      }

      assertThat(remarks(project)).hasSize(300).doesNotHaveDuplicates();
      assertGapless(project);
    }
  }

  /** As at the moments when the owner is about to serve, or does so no more. */
  @Test
  void whoeverReadsThroughItsOwnDatabaseKeepsTheLockOnTheFile() throws Exception {
    try (OpenProject project = OpenProject.in(folder)) {
      project.newDisk(OpenProject.WEB);
      project.succeed(OpenProject.WEB, OpenProject.A);
      Files.delete(project.root.databaseServer());
      RecordReads reads = project.database.reads();

      assertThat(new HistoryReader(reads).newest(OpenProject.WEB)).isPresent();
      assertThat(new BootReader(reads).newest(OpenProject.DB)).isEmpty();
      assertThat(new EventReader(reads).after(0, new EventFilter(List.of(), List.of())).events())
          .isNotEmpty();

      try (JavaChild other = start("look")) {
        assertThat(other.rest()).containsExactly("locked");
      }
    }
  }

  @Test
  void whatReadsThroughADatabaseThatWasClosedFails() {
    RecordReads reads;
    try (OpenProject project = OpenProject.in(folder)) {
      reads = project.database.reads();
    }

    assertThatThrownBy(() -> new HistoryReader(reads).vms()).isInstanceOf(CastraException.class);
  }

  @Test
  void anOwnerThatFailedToReopenKeepsTheLockOfItsOtherConnections() throws Exception {
    OpenProject.in(folder).close();
    StateRoot root = OpenProject.rootIn(folder);
    try (HandoverDataSource source = new HandoverDataSource(root, Ticker.system())) {
      try (Connection connection = source.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("SHUTDOWN IMMEDIATELY");
      }
      try (Connection another = DatabaseUrl.open(DatabaseUrl.owner(root.database()))) {
        Path inTheWay = root.databaseServer().resolve("file");
        Files.delete(root.databaseServer());
        Files.createDirectories(inTheWay);
        assertThatThrownBy(source::getConnection).hasMessageContaining("cannot be served");
        assertThat(lockOn(root)).isEqualTo("locked");

        Files.delete(inTheWay);
        Files.delete(root.databaseServer());
        source.getConnection().close();

        assertThat(lockOn(root)).isEqualTo("locked");
        assertThat(another.isClosed()).isFalse();
      }
    }
  }

  /** As another process finds it. */
  private String lockOn(StateRoot root) throws Exception {
    assertThat(root.databaseFile()).startsWith(folder);
    try (JavaChild other = start("look")) {
      return other.line();
    }
  }

  private interface Farewell {
    void to(JavaChild owner) throws IOException, InterruptedException;
  }

  /** Four threads write through an owner that goes in the middle. */
  private void survives(Farewell farewell) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (JavaChild owner = child("hold");
        OpenProject project = OpenProject.in(folder)) {
      CountDownLatch underWay = new CountDownLatch(100);
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String name = "thread" + i;
        writers.add(threads.submit(() -> publish(project, name, 100, underWay)));
      }
      assertThat(underWay.await(60, TimeUnit.SECONDS)).isTrue();
      farewell.to(owner);
      for (Future<?> writer : writers) {
        writer.get(60, TimeUnit.SECONDS);
      }

      assertThat(ownerOf(project)).isEqualTo(ProcessHandle.current().pid());
      assertThat(remarks(project)).hasSize(400).doesNotHaveDuplicates();
      assertThat(project.delivered).hasSize(400);
      assertGapless(project);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void publish(OpenProject project, String name, int count, CountDownLatch told) {
    for (int i = 0; i < count; i++) {
      project.events.publish(OpenProject.remark(name + "-" + i));
      told.countDown();
    }
  }

  @Test
  void threeWritersOfWhomTwoAreKilledLeaveAGaplessLog() throws Exception {
    List<String> acknowledged = new ArrayList<>();
    try (JavaChild first = child("events", "first", "100000");
        JavaChild second = child("events", "second", "100000");
        JavaChild third = child("events", "third", "400")) {
      for (JavaChild victim : List.of(first, second)) {
        for (int i = 0; i < 60; i++) {
          acknowledged.add(victim.line());
        }
        victim.kill();
        acknowledged.addAll(victim.rest());
      }
      acknowledged.addAll(third.rest());
    }

    try (OpenProject project = OpenProject.in(folder)) {
      List<String> recorded = remarks(project);
      assertThat(recorded).doesNotHaveDuplicates().containsAll(acknowledged);
      // Of each victim at most the one event it could not report any more.
      assertThat(recorded.size() - acknowledged.size()).isBetween(0, 2);
      assertThat(recorded).contains("third-399");
      assertGapless(project);
      assertInOrderOfEachWriter(project);
    }
  }

  private static void assertGapless(OpenProject project) {
    List<String> numbers = project.column("SELECT seq FROM events ORDER BY seq");
    assertThat(numbers)
        .isEqualTo(LongStream.rangeClosed(1, numbers.size()).mapToObj(String::valueOf).toList());
    assertThat(project.column("SELECT last_seq FROM event_counters"))
        .containsExactly(Integer.toString(numbers.size()));
  }

  private static void assertInOrderOfEachWriter(OpenProject project) {
    for (String writer : project.column("SELECT DISTINCT invocation_id FROM events")) {
      assertThat(
              project.column(
                  "SELECT local_seq FROM events WHERE invocation_id = ? ORDER BY seq",
                  java.util.UUID.fromString(writer)))
          .isSortedAccordingTo(java.util.Comparator.comparingLong(Long::parseLong));
    }
  }

  @Test
  void aReaderNeverSeesHalfATransactionNorAGap() throws Exception {
    try (JavaChild writer = child("events", "writer", "100000");
        OpenProject reader = OpenProject.in(folder)) {
      for (int i = 0; i < 40; i++) {
        writer.line();
        assertGaplessAt(reader);
        assertThat(readStatus(reader).vm()).isEqualTo(OpenProject.WEB);
      }
    }
  }

  private static void assertGaplessAt(OpenProject reader) {
    assertThat(reader.column("SELECT MAX(seq) - COUNT(*) FROM events")).containsExactly("0");
    assertThat(reader.column("SELECT last_seq - (SELECT COUNT(*) FROM events) FROM event_counters"))
        .containsExactly("0");
  }

  @Test
  void statusIsReadWhoeverOwnsTheDatabaseOrNobody() throws Exception {
    StatusReader reader = new StatusReader(OpenProject.rootIn(folder), Ticker.system());
    try (JavaChild owner = child("events", "owner", "100000")) {
      assertThat(reader.read()).isPresent();
      owner.line();
      owner.kill();
      assertThat(reader.read().map(StatusReader.Snapshot::projectName)).contains("shop");
    }
    OpenProject.in(folder).close();
    assertThat(OpenProject.rootIn(folder).databaseServer()).doesNotExist();
    assertThat(reader.read().map(StatusReader.Snapshot::projectName)).contains("shop");
    assertThat(OpenProject.rootIn(folder).databaseServer()).doesNotExist();
  }

  @Test
  void processesThatOpenANewProjectAtOnceAgreeOnOneSchema() throws Exception {
    try (JavaChild first = start("hold");
        JavaChild second = start("hold");
        OpenProject project = OpenProject.in(folder)) {
      assertThat(first.line()).isEqualTo("open");
      assertThat(second.line()).isEqualTo("open");
      assertThat(project.column("SELECT vm FROM vms ORDER BY position"))
          .containsExactly("web", "db");
      assertThat(project.column("SELECT COUNT(*) FROM invocations")).containsExactly("3");
      first.leave();
      second.leave();
    }
  }

  private JavaChild child(String... words) throws Exception {
    JavaChild child = start(words);
    assertThat(child.line()).isEqualTo("open");
    return child;
  }

  private JavaChild start(String... words) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(folder.toString()));
    arguments.addAll(List.of(words));
    return JavaChild.start(StoreChild.class, arguments.toArray(String[]::new));
  }

  private static long ownerOf(OpenProject project) {
    return DatabaseServer.Announcement.read(project.root.databaseServer())
        .map(DatabaseServer.Announcement::owner)
        .map(ProcessIdentity::pid)
        .orElseThrow();
  }

  private static List<String> remarks(OpenProject project) {
    return project.column("SELECT fields FROM events ORDER BY seq").stream()
        .map(fields -> fields.replaceFirst(".*\"message\":\"([^\"]*)\".*", "$1"))
        .toList();
  }

  private static VmSnapshot readStatus(OpenProject project) {
    Optional<StatusReader.Snapshot> snapshot =
        new StatusReader(project.root, Ticker.system()).read();
    return snapshot.orElseThrow().inConfig().get(0);
  }
}
