package dev.castra.project;

import dev.castra.vm.Sha256;
import dev.castra.vm.VmSpec;
import java.nio.file.Path;
import java.util.List;

/**
 * A validated {@code castra.toml}: replicas expanded, defaults applied.
 *
 * @param name given in the file, else made from the folder's name
 * @param configFile canonical path of the file
 * @param directory canonical path of the file's folder; relative paths of the file start here
 * @param vms at least one, in file order
 * @param configHash SHA-256 of the file's bytes
 */
public record Project(
    String name,
    Path configFile,
    Path directory,
    StateRoot stateRoot,
    Lifecycle lifecycle,
    Retention retention,
    List<VmSpec> vms,
    Sha256 configHash) {
  public Project {
    vms = List.copyOf(vms);
  }
}
