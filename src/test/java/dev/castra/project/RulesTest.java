package dev.castra.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules for single values. */
class RulesTest {
  @ParameterizedTest
  @CsvSource({
    "512 MiB, 512",
    "512MiB, 512",
    "512M, 512",
    "64 M, 64",
    "2 GiB, 2048",
    "2G, 2048",
    "1024 GiB, 1048576",
    "1048576 MiB, 1048576"
  })
  void memorySizes(String text, int mib) {
    assertThat(MemorySize.parseMib(text)).contains(mib);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "512",
        "512 MB",
        "1 gib",
        "512m",
        "1 TiB",
        "0.5 GiB",
        "-1 GiB",
        "63 MiB",
        "0 GiB",
        "1048577 MiB",
        "1025 GiB",
        "999999999 GiB",
        "99999999999 MiB",
        " 1 GiB",
        "1 GiB ",
        "٥١٢ MiB"
      })
  void noMemorySizes(String text) {
    assertThat(MemorySize.parseMib(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/var/lib/castra",
        "/opt/castra",
        "/tmp/castra",
        "/home/me",
        "/root/castra",
        "/run/castra",
        "/usr/local/castra",
        "/srv/a.b_c-d/..e",
        "/data/etc",
        "/libs/castra"
      })
  void remoteDirs(String path) {
    assertThat(RemoteDir.isValid(path)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "//",
        "/root",
        "/var",
        "/opt",
        "opt/castra",
        "./castra",
        "~/castra",
        "/opt//castra",
        "/opt/castra/",
        "/opt/../castra",
        "/opt/castra/..",
        "/opt/./castra",
        "/opt/castra/.",
        "/opt/my castra",
        "/opt/$HOME",
        "/opt/a;b",
        "/opt/a\nb",
        "/opt/castra\n",
        "/opt/é",
        "/proc/1",
        "/sys/castra",
        "/dev/shm",
        "/dev/shm/castra",
        "/etc/castra",
        "/boot/castra",
        "/bin/castra",
        "/sbin/castra",
        "/lib/castra",
        "/lib64/castra",
        "/usr/bin",
        "/var/lib",
        "/var/log",
        "/usr/local"
      })
  void noRemoteDirs(String path) {
    assertThat(RemoteDir.isValid(path)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "memroy, memory",
    "Memory, memory",
    "nmae, name",
    "state-dir, state_dir",
    "statedir, state_dir",
    "vm, vms"
  })
  void nearestNames(String typed, String meant) {
    assertThat(NearestName.of(typed, List.of("name", "memory", "state_dir", "accel", "vms")))
        .contains(meant);
  }

  @Test
  void nothingIsNear() {
    assertThat(NearestName.of("network", List.of("name", "memory"))).isEmpty();
    assertThat(NearestName.of("acc", List.of("accel"))).isEmpty();
    assertThat(NearestName.of("", List.of("name", "memory"))).isEmpty();
    assertThat(NearestName.of("name".repeat(1000), List.of("name"))).isEmpty();
    assertThat(NearestName.of("name", List.of())).isEmpty();
  }

  @Test
  void theNearestOneWins() {
    assertThat(
            NearestName.of(
                "handshake_timeout", List.of("handshake_timeout_secs", "handshake_timeouts")))
        .contains("handshake_timeouts");
  }

  @ParameterizedTest
  @CsvSource({
    "kitten, sitting, 3",
    "ab, ba, 1",
    "'', abc, 3",
    "abc, '', 3",
    "same, same, 0",
    "abcd, acbd, 1"
  })
  void distances(String one, String other, int distance) {
    assertThat(NearestName.distance(one, other)).isEqualTo(distance);
  }
}
