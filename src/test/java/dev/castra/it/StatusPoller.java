package dev.castra.it;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Asks {@code castra status --json} again and again while something else goes on. */
final class StatusPoller implements AutoCloseable {
  private static final long PAUSE_MS = 100;

  private final CastraProject project;
  private final List<CastraResult> answers = new ArrayList<>();
  private final CompletableFuture<Void> end;
  private volatile boolean stopped;

  private StatusPoller(CastraProject project) {
    this.project = project;
    this.end = CompletableFuture.runAsync(this::poll);
  }

  static StatusPoller start(CastraProject project) {
    return new StatusPoller(project);
  }

  private void poll() {
    try {
      while (!stopped) {
        CastraResult answer = project.run("status", "--json");
        synchronized (answers) {
          answers.add(answer);
          answers.notifyAll();
        }
        Thread.sleep(PAUSE_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for {@code count} more answers, the first of which may have been asked for before. */
  void awaitAnswers(int count) throws InterruptedException {
    int wanted;
    synchronized (answers) {
      wanted = answers.size() + count;
    }
    Host.await(count + " answers of `castra status`", () -> size() >= wanted);
  }

  int size() {
    synchronized (answers) {
      return answers.size();
    }
  }

  /** Stops asking; every answer must have been one valid object. */
  List<JsonNode> answers() {
    stopped = true;
    end.join();
    synchronized (answers) {
      return answers.stream()
          .map(answer -> Json.object(String.join("\n", answer.exitsWith(0).stdout())))
          .toList();
    }
  }

  @Override
  public void close() {
    stopped = true;
    end.join();
  }
}
