package dev.castra.torture;

import dev.castra.it.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Lets castra start in a third of the time, as a user's launcher does; see docs/adr/0007. */
final class ClassArchive implements AutoCloseable {
  private final Path folder;

  ClassArchive() throws IOException {
    folder = Files.createTempDirectory("castra-classes");
  }

  /** Makes the archive from what one {@code castra up} loads; gives the options to use it. */
  List<String> make() throws Exception {
    Path list = folder.resolve("classes");
    try (Arena arena = SshArena.create(1)) {
      arena
          .project()
          .startWith(List.of("-XX:DumpLoadedClassList=" + list), "up", "--json")
          .end()
          .exitsWith(0);
    }
    List<String> usable = new ArrayList<>();
    try (Stream<String> lines = Files.lines(list)) {
      // Numbers and sources belong to what cannot be archived.
      lines
          .filter(line -> !line.contains(" source: ") && !line.startsWith("#"))
          .forEach(usable::add);
    }
    Files.write(list, usable.stream().map(line -> line.replaceAll(" id: .*", "")).toList());
    Path archive = folder.resolve("castra.jsa");
    Host.run(
        folder,
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xshare:dump",
        "-XX:+UseSerialGC",
        "-Xlog:disable",
        "-XX:SharedClassListFile=" + list,
        "-XX:SharedArchiveFile=" + archive,
        "-cp",
        System.getProperty("castra.jar"));
    return List.of(
        "-XX:SharedArchiveFile=" + archive,
        // Compiling is half of what a short castra does; these make it wait for what is hot.
        "-XX:Tier3InvocationThreshold=1500",
        "-XX:Tier3MinInvocationThreshold=700",
        "-XX:Tier3CompileThreshold=6000",
        "-XX:-UsePerfData",
        "-Xlog:disable",
        "-Xlog:all=error:stderr");
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
