package dev.castra.project;

import dev.castra.vm.BootId;
import dev.castra.vm.DiskId;
import dev.castra.vm.VmName;
import java.nio.file.Path;

/**
 * The project's private folder: every file name in it is spelled here and nowhere else.
 *
 * @param path absolute, canonical path of the folder; it need not exist
 */
public record StateRoot(Path path) {
  /** How the name of an archive about a run ends. */
  public static final String REPORT_SUFFIX = ".tar.gz";

  /** Default state root of a project. */
  public static StateRoot besides(Path canonicalConfigFile) {
    return new StateRoot(canonicalConfigFile.resolveSibling(".castra"));
  }

  public Path databaseFolder() {
    return path.resolve("db");
  }

  /** H2 appends {@code .mv.db} to this. */
  public Path database() {
    return databaseFolder().resolve("castra");
  }

  public Path databaseFile() {
    return databaseFolder().resolve("castra.mv.db");
  }

  /** Port and key of the process that owns the database, mode 0600. */
  public Path databaseServer() {
    return databaseFolder().resolve("castra.server");
  }

  /** What was typed at the prompt of `castra sql`, mode 0600. */
  public Path sqlHistory() {
    return path.resolve("sql.history");
  }

  public Path lockFolder() {
    return path.resolve("locks");
  }

  /** Locked by the process that works on the VM. */
  public Path claimLock(VmName vm) {
    return lockFolder().resolve(vm + ".lock");
  }

  /** Locked by the process that forgets runs; no VM has such a name. */
  public Path pruneLock() {
    return lockFolder().resolve("history.prune.lock");
  }

  public Path keyFolder() {
    return path.resolve("keys");
  }

  /** Private key that Castra logs in with, OpenSSH format, mode 0600. */
  public Path clientKey() {
    return keyFolder().resolve("id_ed25519");
  }

  /** Key of the hash under which env values are compared, mode 0600. */
  public Path envHashKey() {
    return keyFolder().resolve("env.key");
  }

  /** Disks, seeds and boots, one folder per VM. */
  public Path vmsFolder() {
    return path.resolve("vms");
  }

  public Path vmFolder(VmName vm) {
    return vmsFolder().resolve(vm.value());
  }

  public Path disk(VmName vm, DiskId disk) {
    return vmFolder(vm).resolve("disk-" + disk + ".qcow2");
  }

  /** NoCloud seed of one disk: hostname, authorised key, SSH host key. */
  public Path seed(VmName vm, DiskId disk) {
    return vmFolder(vm).resolve("seed-" + disk);
  }

  /** Serial log, QEMU log, pid file and command line of one boot. */
  public Path bootFolder(VmName vm, BootId boot) {
    return bootFolders(vm).resolve(boot.toString());
  }

  /** One folder for each boot of the VM. */
  public Path bootFolders(VmName vm) {
    return vmFolder(vm).resolve("boots");
  }

  /** Archives about runs, for others to read. */
  public Path reports() {
    return path.resolve("reports");
  }

  /** The archive about one run, mode 0600. */
  public Path report(VmName vm, long run) {
    return reports().resolve(reportsOf(vm) + run + REPORT_SUFFIX);
  }

  /** How the names of a VM's archives begin; then comes the run's number. */
  public static String reportsOf(VmName vm) {
    return vm + "-run-";
  }

  /** The runs' durable logs, one folder per VM. */
  public Path bootstrapLogs() {
    return path.resolve("logs").resolve("bootstrap");
  }

  public Path bootstrapLogs(VmName vm) {
    return bootstrapLogs().resolve(vm.value());
  }
}
