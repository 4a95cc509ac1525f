package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.castra.bootstrap.StampFacts;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.image.ImageFingerprint;
import dev.castra.process.ProcessIdentity;
import dev.castra.process.Ticker;
import dev.castra.run.RunId;
import dev.castra.run.StepKind;
import dev.castra.run.Trigger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read with plain SQL is what the stores of an `up` would say. */
final class StampReaderTest {
  @TempDir Path folder;
  private OpenProject project;

  @BeforeEach
  void openWithADisk() {
    project = OpenProject.in(folder);
    project.newDisk(OpenProject.WEB);
  }

  @AfterEach
  void close() {
    project.close();
  }

  @Test
  void aFreshDiskHasNoHistory() {
    assertThat(history().disk()).contains(project.present(OpenProject.WEB));
    assertThat(history().stamp()).isEmpty();
    assertThat(history().lastSuccess()).isEmpty();
    assertThat(history().lastRun()).isEmpty();
    assertThat(history().unfinished()).isEmpty();
    assertThat(reader().stamps()).isEmpty();
  }

  @Test
  void aVmWithoutADiskAndOneThatIsNotRecordedAreToldApart() {
    assertThat(reader().history(OpenProject.DB, Optional.empty())).contains(DiskHistory.NONE);
    assertThat(reader().history(new dev.castra.vm.VmName("mail"), Optional.empty())).isEmpty();
  }

  /** A VM that castra.toml has just got, on the image of others. */
  @Test
  void theHashOfAnImageIsRememberedForAVmThatIsNotRecorded() {
    ImageFingerprint image = new ImageFingerprint(Path.of("/images/base.img"), 1, 2, "3");
    new ImageHashStore(project.database, project.events).remember(image, OpenProject.IMAGE);

    assertThat(reader().history(new dev.castra.vm.VmName("mail"), Optional.of(image)))
        .contains(DiskHistory.none(Optional.of(OpenProject.IMAGE)));
  }

  @Test
  void theNewestRunsAreThoseOfTheStores() {
    project.succeed(OpenProject.WEB, OpenProject.A);
    RunId second = project.succeed(OpenProject.WEB, OpenProject.B).id();
    OpenProject.failAt(
        project.start(project.present(OpenProject.WEB), OpenProject.A, Trigger.AUTO),
        StepKind.TRANSFER);
    StampFacts facts =
        project.runs.facts(project.present(OpenProject.WEB), Optional.of(OpenProject.B.hash()));

    DiskHistory read = history();

    assertThat(read.disk()).contains(project.present(OpenProject.WEB));
    assertThat(read.lastSuccess().map(DiskHistory.EndedRun::past)).isEqualTo(facts.lastSuccess());
    assertThat(read.lastRun().map(DiskHistory.EndedRun::past)).isEqualTo(facts.lastRun());
    assertThat(read.stamp().map(StampRecord::run)).isEqualTo(facts.stampRun()).contains(second);
  }

  @Test
  void runsOnAnEarlierDiskAreNotThisOnes() {
    project.succeed(OpenProject.WEB, OpenProject.A);
    project.disks.retired(project.present(OpenProject.WEB), "base image changed");
    project.newDisk(OpenProject.WEB);

    assertThat(history().stamp()).isEmpty();
    assertThat(history().lastRun()).isEmpty();
    assertThat(reader().stamps()).hasSize(1);
    assertThat(reader().stamps().get(0).disk().isPresent()).isFalse();
  }

  @Test
  void aWithdrawnStampIsStillThere() {
    project.succeed(OpenProject.WEB, OpenProject.A);
    OpenRun forced = project.start(project.present(OpenProject.WEB), OpenProject.A, Trigger.ALWAYS);
    OpenProject.failAt(forced, StepKind.CONNECT);

    StampRecord stamp = history().stamp().orElseThrow();

    assertThat(stamp.withdrawal().orElseThrow().run()).contains(forced.id());
    assertThat(reader().stamps()).containsExactly(stamp);
  }

  @Test
  void anUnfinishedRunIsUnderWayOnlyWhileItsOwnCastraHasTheVm() {
    OpenRun run;
    try (VmClaims.Claim claim = project.claims.tryClaim(OpenProject.WEB).orElseThrow()) {
      claim.announce();
      run = project.start(project.present(OpenProject.WEB), OpenProject.A, Trigger.AUTO);
      run.stepStarted(StepKind.APPLY);

      DiskHistory.Unfinished unfinished = history().unfinished().orElseThrow();
      assertThat(unfinished.run()).isEqualTo(run.id());
      assertThat(unfinished.step()).contains(StepKind.APPLY);
      assertThat(unfinished.manifest()).isEqualTo(OpenProject.A.manifest());
      assertThat(unfinished.onPresentDisk()).isTrue();
      assertThat(unfinished.isUnderWay()).isTrue();
      assertThat(history().holder().map(VmClaims.Holder::process))
          .contains(ProcessIdentity.ofSelf());
    }
    assertThat(history().unfinished().orElseThrow().isUnderWay()).isFalse();

    try (OpenProject destroyer = OpenProject.in(folder, "castra destroy web");
        VmClaims.Claim claim = destroyer.claims.tryClaim(OpenProject.WEB).orElseThrow()) {
      claim.announce();
      assertThat(history().holder().orElseThrow().command()).isEqualTo("castra destroy web");
      assertThat(history().unfinished().orElseThrow().isUnderWay()).isFalse();
    }
  }

  @Test
  void anImagesHashIsFoundByItsFingerprint() {
    ImageFingerprint image = new ImageFingerprint(Path.of("/images/a"), 10, 20, "(dev=1,ino=2)");
    ImageFingerprint other = new ImageFingerprint(Path.of("/images/a"), 10, 21, "(dev=1,ino=2)");
    new ImageHashStore(project.database, project.events).remember(image, OpenProject.IMAGE);

    assertThat(imageHash(image)).contains(OpenProject.IMAGE);
    assertThat(imageHash(other)).isEmpty();
  }

  @Test
  void withoutAnOwnerTheFileIsReadAndNotWritten() throws IOException {
    project.succeed(OpenProject.WEB, OpenProject.A);
    DiskHistory served = history();
    project.close();
    byte[] before = Files.readAllBytes(project.root.databaseFile());

    assertThat(history()).isEqualTo(served);
    assertThat(reader().stamps()).hasSize(1);

    assertThat(project.root.databaseFile()).hasBinaryContent(before);
    project = OpenProject.in(folder);
  }

  @Test
  void aLostDatabaseIsNotTakenForAnEmptyOne() throws IOException {
    project.close();
    Files.createDirectories(project.root.vmsFolder());
    Files.delete(project.root.databaseFile());

    CastraException refused = catchThrowableOfType(CastraException.class, () -> reader().stamps());

    assertThat(refused.code()).isEqualTo(ErrorCode.DATABASE);
    Files.delete(project.root.vmsFolder());
    project = OpenProject.in(folder);
  }

  private Optional<dev.castra.vm.Sha256> imageHash(ImageFingerprint image) {
    return reader().history(OpenProject.WEB, Optional.of(image)).orElseThrow().imageHash();
  }

  private DiskHistory history() {
    return reader().history(OpenProject.WEB, Optional.empty()).orElseThrow();
  }

  private StampReader reader() {
    return new StampReader(project.root, Ticker.system());
  }
}
