package dev.castra.operation;

import dev.castra.run.RunId;
import dev.castra.vm.DiskId;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What the stamp commands may answer, for the goldens of its forms. */
public final class StampExamples {
  private static final Instant NOON = Instant.parse("2026-07-30T12:34:56.789Z");
  private static final Sha256 IMAGE = new Sha256("1f".repeat(32));
  private static final Sha256 ARTIFACT = new Sha256("2e".repeat(32));
  private static final Sha256 OTHER = new Sha256("3d".repeat(32));
  private static final Sha256 CONTENT = new Sha256("4c".repeat(32));
  private static final DiskId DISK =
      new DiskId(UUID.fromString("6f1b1c1e-6b0a-4d52-9a83-3b9b6f0a7c11"));
  private static final Path FOLDER = Path.of("/shop/.castra");

  private StampExamples() {}

  public static StampsReport none() {
    return new StampsReport("shop", FOLDER, List.of());
  }

  /** A stamp in every state, and in every way a disk can go. */
  public static StampsReport all() {
    return new StampsReport(
        "shop",
        FOLDER,
        List.of(
            stamp("web-0", StampState.CURRENT, 14, "present", 0, Optional.empty()),
            stamp("web-0", StampState.SUPERSEDED, 12, "present", 14, Optional.empty()),
            stamp("web-1", StampState.WITHDRAWN, 9, "present", 0, withdrawal(Optional.of(10L))),
            stamp("web-2", StampState.WITHDRAWN, 8, "present", 0, withdrawal(Optional.empty())),
            stamp("web-3", StampState.UNCERTAIN, 7, "present", 0, Optional.empty()),
            stamp("db", StampState.DISK_GONE, 3, "missing", 0, Optional.empty()),
            stamp("db", StampState.DISK_GONE, 2, "retired", 0, Optional.empty()),
            stamp("db", StampState.DISK_GONE, 1, "removed", 0, Optional.empty())));
  }

  private static StampsReport.Stamp stamp(
      String vm,
      StampState state,
      long run,
      String diskState,
      long supersededBy,
      Optional<StampsReport.Withdrawal> withdrawal) {
    return new StampsReport.Stamp(
        new VmName(vm),
        state,
        new RunId(run),
        NOON,
        185_000,
        IMAGE,
        ARTIFACT,
        DISK,
        diskState,
        supersededBy == 0 ? Optional.empty() : Optional.of(new RunId(supersededBy)),
        withdrawal);
  }

  private static Optional<StampsReport.Withdrawal> withdrawal(Optional<Long> run) {
    return Optional.of(
        new StampsReport.Withdrawal(NOON.plusSeconds(60), 125_000, run.map(RunId::new)));
  }

  /** A disk that holds what castra.toml describes. */
  public static StampExplanation unchanged() {
    return new StampExplanation(
        new VmName("web-0"),
        Optional.of(disk("present")),
        Optional.of(stamp()),
        Optional.empty(),
        Optional.empty(),
        next("noop", "unchanged since run 14", ARTIFACT, List.of()));
  }

  /** More has changed than the reason has room for. */
  public static StampExplanation changed() {
    return new StampExplanation(
        new VmName("web-0"),
        Optional.of(disk("present")),
        Optional.of(stamp()),
        Optional.empty(),
        Optional.empty(),
        next(
            "run",
            "script changed (4c4c4c4c4c4c to 3d3d3d3d3d3d), `payload/a` added, `payload/b` added"
                + " and 1 more since run 14",
            OTHER,
            List.of(
                "script changed (4c4c4c4c4c4c to 3d3d3d3d3d3d)",
                "`payload/a` added",
                "`payload/b` added",
                "env `TOKEN` changed")));
  }

  /** A castra works on the VM. */
  public static StampExplanation busy() {
    return new StampExplanation(
        new VmName("web-1"),
        Optional.of(disk("present")),
        Optional.empty(),
        Optional.of("run 15 is changing the disk"),
        Optional.of(new StampExplanation.Worker(4711, "castra up", NOON)),
        StampExplanation.Next.without(
            "wait",
            Optional.of("auto"),
            "run 15 is under way at `apply`; `up` waits for its end, then decides"));
  }

  /** The next `up` would be refused. */
  public static StampExplanation refused() {
    return new StampExplanation(
        new VmName("db"),
        Optional.of(disk("missing")),
        Optional.empty(),
        Optional.of("the disk's file is gone"),
        Optional.empty(),
        new StampExplanation.Next(
            "error",
            Optional.of("auto"),
            "Preflight found 2 problems:\n  The one.\n  The other.",
            Optional.of("Nothing was touched."),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of()));
  }

  private static StampExplanation.Next next(
      String action, String reason, Sha256 artifact, List<String> changes) {
    return new StampExplanation.Next(
        action,
        Optional.of("auto"),
        reason,
        Optional.empty(),
        Optional.of(IMAGE),
        Optional.of(artifact),
        Optional.of(new RunId(14)),
        changes);
  }

  private static StampExplanation.Disk disk(String state) {
    return new StampExplanation.Disk(
        DISK, state, FOLDER.resolve("vms/disk.qcow2"), Path.of("/images/tiny.qcow2"), IMAGE);
  }

  private static StampExplanation.Stamp stamp() {
    return new StampExplanation.Stamp(
        new RunId(14),
        NOON,
        185_000,
        IMAGE,
        ARTIFACT,
        "auto",
        "the disk is new",
        6_800,
        Optional.of("/shop/.castra/logs/bootstrap/web-0/14.json"),
        36,
        List.of(
            entry("script", "run.sh", Optional.of(0644), Optional.of(120L), Optional.of(CONTENT)),
            entry("directory", "conf", Optional.of(0755), Optional.empty(), Optional.empty()),
            entry(
                "file", "conf/app.env", Optional.of(0600), Optional.of(36L), Optional.of(CONTENT)),
            entry("symlink", "link", Optional.empty(), Optional.of(4L), Optional.of(CONTENT)),
            entry("env", "TOKEN", Optional.empty(), Optional.empty(), Optional.empty()),
            entry(
                "setting",
                "verify_path",
                Optional.empty(),
                Optional.of(9L),
                Optional.of(CONTENT))));
  }

  private static StampExplanation.Entry entry(
      String kind,
      String name,
      Optional<Integer> mode,
      Optional<Long> sizeBytes,
      Optional<Sha256> sha256) {
    return new StampExplanation.Entry(kind, name, mode, sizeBytes, sha256);
  }
}
