package dev.castra.project;

import dev.castra.error.CastraException;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmSpec;
import java.nio.file.Path;
import java.util.List;
import org.tomlj.TomlTable;

/** Reads a {@code castra.toml}. */
public final class ProjectLoader {
  private ProjectLoader() {}

  /**
   * Reads the file once and checks all of it; writes nothing.
   *
   * @param configFile a file, named in any way; its real path decides what the project is
   * @throws CastraException CONFIG_INVALID with every mistake, one {@code file:line:column:} line
   *     each, if there is any; CONFIG_NOT_FOUND if the file does not exist; IO if it cannot be read
   */
  public static Project load(Path configFile) {
    Path file = ConfigLocator.realPath(configFile);
    byte[] bytes = ConfigText.read(file);
    TomlTable document = ConfigText.parse(bytes, file);
    return project(file, document, Sha256.of(bytes));
  }

  private static Project project(Path file, TomlTable document, Sha256 hash) {
    Path directory = ConfigLocator.folderOf(file);
    ConfigProblems problems = new ConfigProblems();
    TableReader root = TableReader.root(document, problems);
    ProjectSettings settings = ProjectSettings.read(root.table("project"), directory);
    Lifecycle lifecycle = Lifecycle.read(root.table("lifecycle"));
    Retention retention = Retention.read(root.table("history"));
    MachineSettings defaults = MachineSettings.read(root.table("defaults"));
    BootstrapSettings bootstrap = BootstrapSettings.read(root.table("bootstrap"));
    List<VmEntry> entries = entries(root, problems);
    root.rejectUnknownKeys();
    problems.throwIfAny(file);
    List<VmSpec> vms =
        new Replicas(defaults, bootstrap, new BootstrapFiles(directory)).expand(entries);
    return new Project(
        settings.name(), file, directory, settings.stateRoot(), lifecycle, retention, vms, hash);
  }

  private static List<VmEntry> entries(TableReader root, ConfigProblems problems) {
    if (root.hasNone("vms")) {
      root.problem("vms", "The file has no `[[vms]]` entry, so there is no VM.");
    }
    List<VmEntry> entries = root.tables("vms").stream().map(VmEntry::read).toList();
    VmNames.check(entries, problems);
    HostPorts.check(entries, problems);
    return entries;
  }
}
