package dev.castra.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.bootstrap.StampFacts.PastRun;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.Trigger;
import dev.castra.vm.BootstrapMode;
import dev.castra.vm.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class DecisionTest {
  private static final Sha256 OLD_HASH = new Sha256("0d".repeat(32));

  private Artifact artifact;
  private Manifest oldManifest;

  @BeforeEach
  void buildArtifacts(@TempDir Path folder) throws IOException {
    ArtifactFiles files = ArtifactFiles.bare(folder);
    oldManifest = files.build().manifest();
    files.file("app.env", "PORT=80\n");
    artifact = files.build();
  }

  private PastRun run(long id, RunStatus status) {
    return new PastRun(
        new RunId(id), status, Optional.empty(), artifact.hash(), artifact.manifest());
  }

  private PastRun failedRun(long id, RunStatus status, String step) {
    return new PastRun(
        new RunId(id), status, Optional.of(step), artifact.hash(), artifact.manifest());
  }

  private PastRun oldRun(long id, RunStatus status) {
    return new PastRun(new RunId(id), status, Optional.empty(), OLD_HASH, oldManifest);
  }

  private static StampFacts stamped(PastRun run) {
    return new StampFacts(
        Optional.of(run.run()), Optional.of(run), Optional.of(run), Optional.empty());
  }

  private static StampFacts unstamped(Optional<PastRun> lastSuccess, Optional<PastRun> lastRun) {
    return new StampFacts(Optional.empty(), lastSuccess, lastRun, Optional.empty());
  }

  private Decision auto(StampFacts facts) {
    return Decision.of(BootstrapMode.AUTO, Optional.of(artifact), facts);
  }

  @Test
  void aStampOnTheDiskMakesItANoOp() {
    assertThat(auto(stamped(run(12, RunStatus.SUCCESS))))
        .isEqualTo(new Decision.NoOp(artifact, "unchanged since run 12"));
  }

  @Test
  void alwaysRunsDespiteAStamp() {
    StampFacts facts = stamped(run(12, RunStatus.SUCCESS));

    assertThat(Decision.of(BootstrapMode.ALWAYS, Optional.of(artifact), facts))
        .isEqualTo(new Decision.Run(Trigger.ALWAYS, artifact, "forced by mode `always`"));
  }

  @Test
  void disabledSkipsWhateverTheDiskHolds() {
    Decision skip = new Decision.Skip("bootstrap is disabled");

    assertThat(
            Decision.of(
                BootstrapMode.DISABLED, Optional.of(artifact), stamped(run(1, RunStatus.SUCCESS))))
        .isEqualTo(skip);
    assertThat(Decision.of(BootstrapMode.DISABLED, Optional.empty(), StampFacts.newDisk("new")))
        .isEqualTo(skip);
  }

  @ParameterizedTest
  @EnumSource(names = {"AUTO", "ALWAYS"})
  void withoutAScriptThereIsNothingToRun(BootstrapMode mode) {
    assertThat(Decision.of(mode, Optional.empty(), StampFacts.newDisk("the disk is new")))
        .isEqualTo(new Decision.Skip("no bootstrap script is configured"));
  }

  @Test
  void aNewDiskRunsAndSaysWhyTheDiskIsNew() {
    assertThat(auto(StampFacts.newDisk("base image changed")))
        .isEqualTo(new Decision.Run(Trigger.AUTO, artifact, "base image changed"));
  }

  @Test
  void aDiskWithoutAnyRunHasNoStamp() {
    assertThat(auto(unstamped(Optional.empty(), Optional.empty())).reason())
        .isEqualTo("no stamp on this disk");
  }

  @ParameterizedTest
  @CsvSource({
    "FAILED, verify, last run 3 failed at `verify`",
    "INTERRUPTED, apply, last run 3 was interrupted at `apply`"
  })
  void aRunThatDidNotSucceedIsTriedAgain(RunStatus status, String step, String reason) {
    PastRun last = failedRun(3, status, step);

    assertThat(auto(unstamped(Optional.empty(), Optional.of(last))))
        .isEqualTo(new Decision.Run(Trigger.AUTO, artifact, reason));
    assertThat(auto(unstamped(Optional.of(run(2, RunStatus.SUCCESS)), Optional.of(last))).reason())
        .isEqualTo(reason);
  }

  @Test
  void aFailureOutsideEveryStepNamesNone() {
    assertThat(auto(unstamped(Optional.empty(), Optional.of(run(3, RunStatus.FAILED)))).reason())
        .isEqualTo("last run 3 failed");
  }

  @Test
  void changedInputsAreNamedWithTheRunThatAppliedTheOldOnes() {
    PastRun old = oldRun(12, RunStatus.SUCCESS);

    assertThat(auto(unstamped(Optional.of(old), Optional.of(old))).reason())
        .isEqualTo("`payload/app.env` added since run 12");
  }

  @Test
  void changesCountFromTheLastSuccessAndNotFromALaterFailure() {
    PastRun failedWithOther =
        new PastRun(
            new RunId(13),
            RunStatus.FAILED,
            Optional.of("apply"),
            OLD_HASH,
            new Manifest(java.util.List.of()));

    assertThat(
            auto(unstamped(Optional.of(oldRun(12, RunStatus.NOOP)), Optional.of(failedWithOther)))
                .reason())
        .isEqualTo("`payload/app.env` added since run 12");
  }

  @Test
  void changesCountFromAFailureIfNothingEverSucceeded() {
    assertThat(auto(unstamped(Optional.empty(), Optional.of(oldRun(4, RunStatus.FAILED)))).reason())
        .isEqualTo("`payload/app.env` added since run 4");
  }

  @Test
  void aWithdrawnStampIsNamed() {
    PastRun success = run(12, RunStatus.SUCCESS);

    assertThat(auto(unstamped(Optional.of(success), Optional.of(success))).reason())
        .isEqualTo("the stamp of run 12 was withdrawn");
    assertThat(
            auto(unstamped(Optional.of(success), Optional.of(oldRun(13, RunStatus.FAILED))))
                .reason())
        .isEqualTo("the stamp of run 12 was withdrawn");
  }

  @Test
  void actionsHaveStableNames() {
    assertThat(auto(StampFacts.newDisk("new")).action()).isEqualTo("run");
    assertThat(auto(stamped(run(1, RunStatus.SUCCESS))).action()).isEqualTo("noop");
    assertThat(new Decision.Skip("off").action()).isEqualTo("skip");
  }
}
