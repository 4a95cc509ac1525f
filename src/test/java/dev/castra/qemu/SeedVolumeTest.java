package dev.castra.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.vm.DiskId;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SeedVolumeTest {
  private static final DiskId DISK =
      new DiskId(UUID.fromString("6f1c2b1e-0000-4000-8000-000000000002"));

  @TempDir Path folder;

  static Seed seed(String hostname, DiskId disk) {
    return new Seed(
        new VmName(hostname),
        disk,
        "ssh-ed25519 AAAAC3client castra",
        """
        -----BEGIN OPENSSH PRIVATE KEY-----
        b3BlbnNz
        aC1rZXk=
        -----END OPENSSH PRIVATE KEY-----
        """,
        "ssh-ed25519 AAAAC3host " + hostname);
  }

  @Test
  void writesWhatNoCloudReads() {
    Path volume = folder.resolve("seed");
    SeedVolume.write(volume, seed("web-0", DISK));
    assertThat(volume.resolve("meta-data"))
        .hasContent(
            """
            instance-id: castra-6f1c2b1e-0000-4000-8000-000000000002
            local-hostname: web-0
            """);
    assertThat(volume.resolve("user-data"))
        .hasContent(
            """
            #cloud-config
            hostname: web-0
            disable_root: false
            ssh_pwauth: false
            ssh_deletekeys: true
            users:
              - name: root
                lock_passwd: false
                ssh_authorized_keys:
                  - ssh-ed25519 AAAAC3client castra
            ssh_keys:
              ed25519_private: |
                -----BEGIN OPENSSH PRIVATE KEY-----
                b3BlbnNz
                aC1rZXk=
                -----END OPENSSH PRIVATE KEY-----
              ed25519_public: ssh-ed25519 AAAAC3host web-0
            """);
  }

  @Test
  void keepsThePrivateKeyPrivate() throws IOException {
    Path volume = folder.resolve("seed");
    SeedVolume.write(volume, seed("web-0", DISK));
    assertThat(mode(volume)).isEqualTo("rwx------");
    assertThat(mode(volume.resolve("user-data"))).isEqualTo("rw-------");
    assertThat(seed("web-0", DISK).toString()).doesNotContain("PRIVATE");
  }

  @Test
  void quotesNamesThatYamlWouldNotTakeForText() {
    SeedVolume.write(folder.resolve("seed"), seed("no", DISK));
    assertThat(folder.resolve("seed/user-data")).content().contains("\nhostname: \"no\"\n");
    SeedVolume.write(folder.resolve("seed"), seed("1e3", DISK));
    assertThat(folder.resolve("seed/meta-data")).content().contains("local-hostname: \"1e3\"\n");
  }

  @Test
  void replacesEarlierSeedAndLeavesNothingElse() throws IOException {
    Path volume = folder.resolve("seed");
    SeedVolume.write(volume, seed("web-0", DISK));
    SeedVolume.write(volume, seed("web-1", DISK));
    assertThat(volume.resolve("meta-data")).content().contains("web-1");
    try (Stream<Path> entries = Files.list(folder)) {
      assertThat(entries).containsExactly(volume);
    }
  }

  @Test
  void deletesNothingItDidNotWrite() throws IOException {
    Path volume = Files.createDirectory(folder.resolve("seed"));
    Path precious = Files.writeString(volume.resolve("precious"), "x");
    assertThatThrownBy(() -> SeedVolume.write(volume, seed("web-0", DISK)))
        .isInstanceOf(CastraException.class);
    assertThat(precious).exists();
  }

  @Test
  void refusesKeyThatWouldAddLines() {
    assertThatThrownBy(
            () ->
                new Seed(
                    new VmName("web-0"),
                    DISK,
                    "ssh-ed25519 AAAA x\nruncmd: [boo]",
                    seed("web-0", DISK).hostPrivateKey(),
                    "ssh-ed25519 AAAA x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
