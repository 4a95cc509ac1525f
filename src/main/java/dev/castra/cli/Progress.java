package dev.castra.cli;

import dev.castra.event.EventSink;
import dev.castra.process.Ticker;
import dev.castra.project.Project;
import dev.castra.render.LiveLines;
import dev.castra.render.PlainLines;
import java.util.Optional;

/**
 * What people see while a command works: live lines on a terminal, plain ones elsewhere.
 *
 * @param live to be closed before anything else is printed
 */
record Progress(EventSink sink, Optional<LiveLines> live) implements AutoCloseable {
  static Progress of(Console console, boolean json, Project project) {
    int width = project.vms().stream().mapToInt(vm -> vm.name().value().length()).max().orElse(0);
    if (json) {
      return new Progress(EventSink.NONE, Optional.empty());
    }
    if (!console.terminal()) {
      return new Progress(new PlainLines(console.out(), Math.max(6, width)), Optional.empty());
    }
    LiveLines live =
        new LiveLines(console.out(), Math.max(6, width), console.colour(), Ticker.system()::nanos);
    return new Progress(live, Optional.of(live));
  }

  @Override
  public void close() {
    live.ifPresent(LiveLines::close);
  }
}
