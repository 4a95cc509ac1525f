package dev.castra.cli;

import dev.castra.contract.Schemas;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What docs/HISTORY.md tells, lived through with real machines: its examples by name. */
final class HistoryStory implements AutoCloseable {
  private static final String APP = "bootstrap/web/payload/app.env";

  private final DocumentedProject shop;
  private final Map<String, String> examples = new LinkedHashMap<>();

  private HistoryStory(Path folder) throws IOException {
    shop = new DocumentedProject(folder);
  }

  static Map<String, String> tell(Path folder) throws IOException {
    try (HistoryStory story = new HistoryStory(folder)) {
      story.isLived();
      story.isAskedFor();
      return story.examples;
    }
  }

  private void isLived() throws IOException {
    shop.add("web");
    shop.add("db");
    shop.set("web", "env = { TOKEN = \"one\" }");
    shop.config();
    shop.file("bootstrap/db/run.sh", "echo done\n");
    shop.file(APP, "PORT=80\n");
    shop.file("bootstrap/web/run.sh", "echo installing\n. ./app.env\necho port $PORT\n");
    // One after the other, for the sake of their runs' numbers.
    shop.castra("up", "web").isDone();
    shop.castra("up", "db").isDone();
    shop.set("web", "env = { TOKEN = \"another\" }");
    shop.config();
    shop.file(APP, "PORT=8080\n");
    shop.file("bootstrap/web/payload/more.env", "DEBUG=1\n");
    shop.castra("up", "web").isDone();
    shop.file(APP, "PORT=8080\nexit 7\n");
    shop.castra("up", "web");
  }

  private void isAskedFor() {
    console("history", "history");
    console("narrowed", "history", "web", "--limit", "2");
    console("show", "history", "show", "3");
    console("diff", "history", "diff", "1", "3");
    console("stats", "history", "stats", "web");
    timeline();
    console("logs", "logs", "web", "--step", "apply");
    console("report", "report");
    console("events", "events", "--vm", "db");
    console("cursor", "events", "--json", "--since", "5", "--vm", "web", "--type", "BootstrapStep");
    for (String question :
        new String[] {"history", "history show 3", "history diff 1 3", "history stats", "report"}) {
      Schemas.valid(shop.castra((question + " --json").split(" ")).isDone().out());
    }
  }

  private void timeline() {
    String page = shop.stateRoot().resolveSibling("up.html").toString();
    String told = shop.castra("timeline", "--html", page).isDone().out();
    examples.put("timeline", shop.shown("$ castra timeline --html " + page + "\n" + told));
  }

  private void console(String name, String... arguments) {
    String command = "$ castra " + String.join(" ", arguments) + "\n";
    examples.put(name, command + shop.shown(shop.castra(arguments).isDone().out()));
  }

  @Override
  public void close() {
    shop.close();
  }
}
