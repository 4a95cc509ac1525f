package dev.castra.torture;

import dev.castra.it.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Lets castra start in a third of the time, as a user's launcher does; see docs/adr/0007. */
final class ClassArchive implements AutoCloseable {
  private final Path folder;

  ClassArchive() throws IOException {
    folder = Files.createTempDirectory("castra-classes");
  }

  /** Makes the archive from what some commands load; gives the options to use it. */
  List<String> make() throws Exception {
    Set<String> usable = new TreeSet<>();
    try (SshArena arena = SshArena.create(1)) {
      usable.addAll(classesOf(arena, 0, "up", "--json"));
      arena.failEverywhere();
      usable.addAll(classesOf(arena, 70, "up", "--json", "--bootstrap", "always"));
      usable.addAll(classesOf(arena, 0, "history", "--json"));
      usable.addAll(classesOf(arena, 0, "stamps", "--json"));
    }
    Path list = Files.write(folder.resolve("classes"), usable);
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
        "-XX:+UnlockDiagnosticVMOptions",
        "-XX:ArchiveRelocationMode=0",
        // Compiling is half of what a short castra does; these make it wait for what is hot.
        "-XX:Tier3InvocationThreshold=1500",
        "-XX:Tier3MinInvocationThreshold=700",
        "-XX:Tier3CompileThreshold=6000",
        "-XX:-UsePerfData",
        "-Xlog:disable",
        "-Xlog:all=error:stderr");
  }

  private Set<String> classesOf(Arena arena, int exitCode, String... command) throws Exception {
    Path list = folder.resolve("loaded");
    arena
        .project()
        .startWith(List.of("-XX:DumpLoadedClassList=" + list), command)
        .end()
        .exitsWith(exitCode);
    try (Stream<String> lines = Files.lines(list)) {
      // Numbers and sources belong to what cannot be archived.
      return lines
          .filter(line -> !line.contains(" source: ") && !line.startsWith("#"))
          .map(line -> line.replaceAll(" id: .*", ""))
          .collect(Collectors.toSet());
    }
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
