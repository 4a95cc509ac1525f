package dev.castra.operation;

import dev.castra.error.CastraBug;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** One thread per item, results in the order of the items. */
final class Parallel {
  private Parallel() {}

  /** Work on one item; what it throws is a defect unless it is meant for the whole command. */
  interface Work<I, R> {
    R on(I item) throws InterruptedException;
  }

  /** Starts all, waits for all. If one throws, the others are waited for first. */
  static <I, R> List<R> each(String name, List<I> items, Work<I, R> work)
      throws InterruptedException {
    List<FutureTask<R>> tasks = new ArrayList<>();
    for (I item : items) {
      FutureTask<R> task = new FutureTask<>(() -> work.on(item));
      tasks.add(task);
      Thread thread = new Thread(task, "castra-" + name + "-" + item);
      thread.setDaemon(true);
      thread.start();
    }
    List<R> results = new ArrayList<>();
    RuntimeException first = null;
    for (FutureTask<R> task : tasks) {
      try {
        results.add(task.get());
      } catch (ExecutionException e) {
        RuntimeException failure =
            e.getCause() instanceof RuntimeException known
                ? known
                : new CastraBug("a worker ended unexpectedly", e.getCause());
        if (first == null) {
          first = failure;
        } else {
          first.addSuppressed(failure);
        }
      }
    }
    if (first != null) {
      throw first;
    }
    return results;
  }
}
