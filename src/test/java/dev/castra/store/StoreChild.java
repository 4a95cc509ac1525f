package dev.castra.store;

import dev.castra.bootstrap.Artifact;
import dev.castra.error.CastraException;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import dev.castra.run.StepKind;
import dev.castra.run.Trigger;
import dev.castra.vm.VmName;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * What a second castra process does in these tests: arguments are the folder, a task, its words.
 */
final class StoreChild {
  private static final PrintStream OUT =
      new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

  private StoreChild() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    String word = arguments.length > 2 ? arguments[2] : "";
    if (arguments[1].equals("runs")) {
      warmUpAndWait();
    }
    if (arguments[1].equals("open")) {
      openWhenTold(OpenProject.rootIn(folder));
      return;
    }
    if (arguments[1].equals("restore") || arguments[1].equals("compact")) {
      replaceWhenTold(folder, word);
      return;
    }
    if (arguments[1].equals("lock")) {
      OUT.println(isLocked(OpenProject.rootIn(folder).databaseFile()) ? "held" : "free");
      return;
    }
    if (arguments[1].equals("ask")) {
      ask(folder, word, Duration.ofSeconds(Integer.parseInt(arguments[3])));
      return;
    }
    try (OpenProject project = OpenProject.in(folder, "castra up " + word)) {
      OUT.println("open");
      switch (arguments[1]) {
        case "hold" -> awaitEndOfInput();
        case "events" -> publish(project, word, Integer.parseInt(arguments[3]));
        case "complete" -> complete(project);
        case "runs" -> runForEver(project);
        case "apply" -> applyForEver(project, word);
        case "claim" -> claim(project, new VmName(word));
        default -> throw new IllegalArgumentException(arguments[1]);
      }
    }
  }

  private static boolean isLocked(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      return channel.tryLock() == null;
    }
  }

  /** Leaves as the program does, whatever the statement still does. */
  private static void ask(Path folder, String statement, Duration limit) {
    AtomicInteger rows = new AtomicInteger();
    StatementReader reader = new StatementReader(OpenProject.rootIn(folder), Ticker.system());
    try {
      reader.run(
          statement,
          limit,
          new StatementReader.Rows() {
            @Override
            public void begin(List<String> columns) {}

            @Override
            public boolean row(List<@Nullable Object> values) {
              rows.incrementAndGet();
              return true;
            }
          });
      OUT.println(rows + " rows");
    } catch (CastraException e) {
      OUT.println(e.code() + "\n" + e.getMessage() + "\n" + e.hint());
    }
    OUT.println("leaves");
    System.exit(0);
  }

  private static void openWhenTold(StateRoot root) throws IOException {
    OUT.println("ready");
    System.in.read();
    try (Database opened = Database.open(root, Ticker.system())) {
      OUT.println("open");
      awaitEndOfInput();
    }
  }

  /** Restores the backup of that name, or compacts if there is no name. */
  private static void replaceWhenTold(Path folder, String backup) throws IOException {
    OUT.println("ready");
    System.in.read();
    if (backup.isEmpty()) {
      Compaction.run(OpenProject.rootIn(folder), Ticker.system());
    } else {
      RecordExample.restore(Path.of(backup), folder);
    }
    OUT.println("done");
    awaitEndOfInput();
  }

  /** Loads what takes long to load, so that a test's rounds follow each other quickly. */
  private static void warmUpAndWait() throws IOException {
    DSL.using(SQLDialect.H2).selectOne().getSQL();
    DriverManager.drivers().forEach(driver -> {});
    System.in.read();
  }

  /** Prints each remark once its event is committed. */
  private static void publish(OpenProject project, String name, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      String text = name + "-" + i;
      project.events.publish(OpenProject.remark(text));
      OUT.println(text);
    }
  }

  private static void complete(OpenProject project) throws IOException {
    OUT.println("completed " + project.succeed(OpenProject.WEB, OpenProject.A).id());
    awaitEndOfInput();
  }

  private static void runForEver(OpenProject project) {
    Artifact[] artifacts = {OpenProject.A, OpenProject.B};
    for (int i = 0; ; i++) {
      OUT.println("completed " + project.succeed(OpenProject.WEB, artifacts[i % 2]).id());
    }
  }

  private static void applyForEver(OpenProject project, String trigger) throws IOException {
    OpenRun run =
        project.start(project.present(OpenProject.WEB), OpenProject.B, Trigger.of(trigger));
    OpenProject.pass(run, StepKind.WAIT_HANDSHAKE);
    OpenProject.pass(run, StepKind.CONNECT);
    OpenProject.pass(run, StepKind.TRANSFER);
    run.stepStarted(StepKind.APPLY);
    OUT.println("applying " + run.id());
    awaitEndOfInput();
  }

  private static void claim(OpenProject project, VmName vm) throws IOException {
    try (VmClaims.Claim claim = project.claims.tryClaim(vm).orElseThrow()) {
      claim.announce();
      OUT.println("claimed");
      awaitEndOfInput();
    }
  }

  private static void awaitEndOfInput() throws IOException {
    while (System.in.read() >= 0) {
      // What is said does not matter, only that nobody says more.
    }
  }
}
