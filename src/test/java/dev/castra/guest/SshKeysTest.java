package dev.castra.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SshKeysTest {
  /** Made with ssh-keygen 9.2, so that the formats are OpenSSH's and not only our own. */
  private static final String PRIVATE =
      """
      -----BEGIN OPENSSH PRIVATE KEY-----
      b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
      QyNTUxOQAAACB0R5Y+zaC3AVu/IsxW+zaJJcc9v7Og5NUOMiyWkU9VzAAAAJgFeaFxBXmh
      cQAAAAtzc2gtZWQyNTUxOQAAACB0R5Y+zaC3AVu/IsxW+zaJJcc9v7Og5NUOMiyWkU9VzA
      AAAEAgySZjQ/57ag9fIaRs7Ospds8RrSnJWUOLUa2Y1Gg9R3RHlj7NoLcBW78izFb7Nokl
      xz2/s6Dk1Q4yLJaRT1XMAAAAEXNvbWVvbmVAc29tZXdoZXJlAQIDBA==
      -----END OPENSSH PRIVATE KEY-----
      """;

  private static final String PUBLIC =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHRHlj7NoLcBW78izFb7Noklxz2/s6Dk1Q4yLJaRT1XM someone@somewhere";
  private static final String FINGERPRINT = "SHA256:90Oxp5sfonOGqCqR9gkL9Ji5yRvDwvzw8nYtB9kR/QM";

  @TempDir Path folder;

  @Test
  void readsAKeyFileOfOpenSsh() throws Exception {
    Path file = Files.writeString(folder.resolve("id"), PRIVATE);

    SshIdentity identity = SshKeys.load(file, "someone@somewhere");

    assertThat(identity.publicKeyLine()).isEqualTo(PUBLIC);
    assertThat(identity.fingerprint()).isEqualTo(FINGERPRINT);
    assertThat(SshKeys.fingerprint(PUBLIC)).isEqualTo(FINGERPRINT);
  }

  @Test
  void aGeneratedKeySurvivesTheFile() {
    Path file = folder.resolve("id_ed25519");

    SshIdentity made = SshKeys.loadOrCreate(file, "castra");
    SshIdentity read = SshKeys.loadOrCreate(file, "castra");

    assertThat(made.publicKeyLine()).startsWith("ssh-ed25519 AAAA").endsWith(" castra");
    assertThat(read.publicKeyLine()).isEqualTo(made.publicKeyLine());
    assertThat(read.keys().getPrivate()).isEqualTo(made.keys().getPrivate());
    assertThat(made.privateKeyText()).startsWith("-----BEGIN OPENSSH PRIVATE KEY-----\n");
  }

  @Test
  void theFileIsPrivateAndNothingElseIsLeft() throws Exception {
    Path file = folder.resolve("id_ed25519");
    SshKeys.loadOrCreate(file, "castra");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(folder.toFile().list()).containsExactly("id_ed25519");
  }

  @Test
  void racersGetTheSameKey() throws Exception {
    int racers = 8;
    CyclicBarrier line = new CyclicBarrier(racers);
    Callable<String> racer =
        () -> {
          line.await();
          return SshKeys.loadOrCreate(folder.resolve("key"), "castra").publicKeyLine();
        };
    ExecutorService threads = Executors.newFixedThreadPool(racers);
    try {
      List<String> lines = new ArrayList<>();
      for (Future<String> done : threads.invokeAll(java.util.Collections.nCopies(racers, racer))) {
        lines.add(done.get());
      }
      assertThat(lines).hasSize(racers).containsOnly(lines.get(0));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aTornFileIsAnErrorAndStays() throws Exception {
    Path file = Files.writeString(folder.resolve("id"), "");

    assertThatThrownBy(() -> SshKeys.loadOrCreate(file, "castra"))
        .isInstanceOf(CastraException.class)
        .hasMessageContaining("`" + file + "` cannot be read");
    assertThat(file).isEmptyFile();
  }

  @Test
  void neverPrintsThePrivateHalf() {
    assertThat(SshKeys.generate("castra").toString())
        .matches("SshIdentity\\[ssh-ed25519 \\S+ castra]");
  }

  @Test
  void normalisingDropsTheComment() {
    SshIdentity key = SshKeys.generate("one");

    assertThat(SshKeys.normalise(key.publicKeyLine() + " two\n"))
        .isEqualTo(SshKeys.line(key.keys().getPublic()));
    assertThatThrownBy(() -> SshKeys.normalise("ssh-ed25519 garbage"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SshKeys.normalise("")).isInstanceOf(IllegalArgumentException.class);
  }
}
