package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.CastraEvent;
import dev.castra.process.JavaChild;
import dev.castra.process.ProcessIdentity;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VmClaimsTest {
  @TempDir Path folder;
  private OpenProject project;

  @BeforeEach
  void open() {
    project = OpenProject.in(folder);
  }

  @AfterEach
  void close() {
    project.close();
  }

  @Test
  void anotherProcessIsRefusedAndToldWhoHoldsTheMachine() throws Exception {
    try (JavaChild holder = claimingChild()) {
      assertThat(project.claims.tryClaim(OpenProject.WEB)).isEmpty();

      VmClaims.Holder told = project.claims.holder(OpenProject.WEB).orElseThrow();
      assertThat(Optional.of(told.process())).isEqualTo(ProcessIdentity.of(holder.pid()));
      assertThat(told.command()).isEqualTo("castra up web");
      assertThat(told.since()).isBetween(Instant.now().minus(Duration.ofMinutes(5)), Instant.now());
      assertThat(project.claims.holder(OpenProject.DB)).isEmpty();
      takeAndGiveBack(OpenProject.DB);

      holder.leave();
      assertThat(project.column("SELECT vm FROM claims")).isEmpty();
      takeAndGiveBack(OpenProject.WEB);
    }
  }

  @Test
  void aKilledHolderHoldsNothing() throws Exception {
    try (JavaChild holder = claimingChild()) {
      holder.kill();

      assertThat(project.column("SELECT vm FROM claims")).containsExactly("web");
      assertThat(project.claims.holder(OpenProject.WEB)).isEmpty();
      takeAndGiveBack(OpenProject.WEB);
    }
  }

  @Test
  void aClaimThatIsNotAnnouncedWritesNothing() {
    try (VmClaims.Claim claim = project.claims.tryClaim(OpenProject.WEB).orElseThrow()) {
      assertThat(project.column("SELECT vm FROM claims")).isEmpty();
      assertThat(project.claims.holder(OpenProject.WEB)).isEmpty();

      claim.announce();
      claim.announce();
      assertThat(project.column("SELECT vm FROM claims")).containsExactly("web");
      assertThat(project.claims.holder(OpenProject.WEB).map(VmClaims.Holder::process))
          .contains(ProcessIdentity.ofSelf());
    }
    assertThat(project.column("SELECT vm FROM claims")).isEmpty();
  }

  @Test
  void aClaimIsFreedWithoutAWordEvenIfTheDatabaseIsGone() {
    VmClaims.Claim claim = project.claims.tryClaim(OpenProject.WEB).orElseThrow();
    claim.announce();
    project.database.close();
    claim.close();

    project = OpenProject.in(folder);
    takeAndGiveBack(OpenProject.WEB);
  }

  @Test
  void whoStopsAMachineIsKnownUntilItsCommandOrItsProcessEnds() throws Exception {
    Instant before = project.events.now();
    assertThat(project.claims.stopper(OpenProject.WEB, before)).isEmpty();
    project.events.publish(new CastraEvent.ShutdownRequested(OpenProject.WEB, 17));

    Instant after = Instant.now().plusSeconds(1);
    assertThat(project.claims.stopper(OpenProject.WEB, after)).as("of an earlier wish").isEmpty();
    VmClaims.Holder told = project.claims.stopper(OpenProject.WEB, before).orElseThrow();
    assertThat(told.process()).isEqualTo(ProcessIdentity.ofSelf());
    assertThat(told.command()).isEqualTo("castra up");
    assertThat(project.claims.stopper(OpenProject.DB, before)).isEmpty();

    project.invocations.end(project.invocation, 0, Instant.now());
    assertThat(project.claims.stopper(OpenProject.WEB, before)).isEmpty();
  }

  private void takeAndGiveBack(dev.castra.vm.VmName vm) {
    Optional<VmClaims.Claim> claim = project.claims.tryClaim(vm);
    assertThat(claim).isPresent();
    claim.orElseThrow().close();
  }

  private JavaChild claimingChild() throws Exception {
    JavaChild child = JavaChild.start(StoreChild.class, folder.toString(), "claim", "web");
    assertThat(child.line()).isEqualTo("open");
    assertThat(child.line()).isEqualTo("claimed");
    return child;
  }
}
