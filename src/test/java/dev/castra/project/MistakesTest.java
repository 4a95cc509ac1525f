package dev.castra.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The exact line for every rule that one value can break. */
class MistakesTest {
  @TempDir Path directory;
  private TomlFile toml;

  @BeforeEach
  void useDirectory() {
    toml = new TomlFile(directory);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          count = 0           | `count` is `0`; it must be from 1 to 1000.
          count = 1001        | `count` is `1001`; it must be from 1 to 1000.
          count = "3"         | `count` must be an integer, not a string.
          description = 3     | `description` must be a string, not an integer.
          description = "a\\tb\\n" | `description` is `a\\u0009b\\u000a`; it must be one line.
          base_image = " "    | `base_image` is ` `; it must not be blank.
          cpus = 0            | `cpus` is `0`; it must be from 1 to 256.
          cpus = 257          | `cpus` is `257`; it must be from 1 to 256.
          cpus = 4294967297   | `cpus` is `4294967297`; it must be from 1 to 256.
          cpus = 1.5          | `cpus` must be an integer, not a float.
          memory = 512        | `memory` must be a string such as `"512 MiB"`, not an integer.
          memory = "512 MB"   | `memory` is `512 MB`; it must be a size such as `512 MiB` or `2 GiB`, from `64 MiB` to `1024 GiB`.
          disk = "ephemral"   | `disk` is `ephemral`; did you mean `ephemeral`?
          disk = "raid"       | `disk` is `raid`; it must be one of `persistent`, `ephemeral`.
          disk = true         | `disk` must be a string, not a boolean.
          accel = "KVM"       | `accel` is `KVM`; did you mean `kvm`?
          accel = "tgc"       | `accel` is `tgc`; did you mean `tcg`?
          accel = 1979-05-27  | `accel` must be a string, not a date or time.
          memroy = "1 GiB"    | `memroy` is not known in `[[vms]]`; did you mean `memory`?
          bootstrap = "x"     | `bootstrap` must be a table, not a string.
          bootstrap = ["x"]   | `bootstrap` must be a table, not an array.
          port_forwards = 80  | `port_forwards` must be an array of tables, `[[vms.port_forwards]]`, not an integer.
          bootstrap.mode = "alway"             | `mode` is `alway`; did you mean `always`?
          bootstrap.mode = "sometimes"         | `mode` is `sometimes`; it must be one of `auto`, `always`, `disabled`.
          bootstrap.mode = false               | `mode` must be a string, not a boolean.
          bootstrap.handshake_timeout_secs = 0 | `handshake_timeout_secs` is `0`; it must be from 1 to 86400.
          bootstrap.apply_timeout_secs = 86401 | `apply_timeout_secs` is `86401`; it must be from 1 to 86400.
          bootstrap.apply_timeout_secs = "1h"  | `apply_timeout_secs` must be an integer, not a string.
          bootstrap.script = "~/run.sh"        | `script` is `~/run.sh`; it must be a path, in which `~` is not expanded.
          bootstrap.payload = ""               | `payload` is ``; it must be a path, in which `~` is not expanded.
          bootstrap.payload = "a\\u0000b"      | `payload` must not contain a NUL character.
          bootstrap.verify_path = "ok"         | `verify_path` is `ok`; it must be an absolute path of the guest.
          bootstrap.verify_command = ""        | `verify_command` is ``; it must not be blank.
          bootstrap.verify_comand = "true"     | `verify_comand` is not known in `[vms.bootstrap]`; did you mean `verify_command`?
          bootstrap.remote_dir = "/root"       | `remote_dir` is `/root`; it must be an absolute path of two or more names made of `A-Za-z0-9._-`, and no folder of the system.
          """)
  void ofOneKeyOfAVm(String line, String sentence) throws IOException {
    assertThat(toml.mistakes(TomlFile.ONE_VM + line + "\n")).containsExactly("3:1: " + sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          name = "Web"                | `name` is `Web`; it must match `[a-z0-9][a-z0-9-]{0,62}`.
          name = ""                   | `name` is ``; it must match `[a-z0-9][a-z0-9-]{0,62}`.
          name = ["web"]              | `name` must be a string, not an array.
          name = "a\\nb\\u001bc"      | `name` is `a\\u000ab\\u001bc`; it must match `[a-z0-9][a-z0-9-]{0,62}`.
          cpus = 1                    | `name` is missing in `[[vms]]`.
          """)
  void ofTheNameOfAVm(String line, String sentence) throws IOException {
    String place = line.startsWith("name") ? "2:2: " : "1:1: ";
    assertThat(toml.mistakes("[[vms]]\n " + line + "\n")).containsExactly(place + sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          [project]\\nname = "My Project"          | 2:1: `name` is `My Project`; it must match `[a-z0-9][a-z0-9-]{0,62}`.
          [project]\\nnmae = "x"                   | 2:1: `nmae` is not known in `[project]`; did you mean `name`?
          [project]\\nversion = 3                  | 2:1: `version` is not known in `[project]`; known are `name`, `state_dir`.
          [project]\\nstate_dir = "~/state"        | 2:1: `state_dir` is `~/state`; it must be a path, in which `~` is not expanded.
          [project]\\nstate_dir = "."              | 2:1: `state_dir` is `.`, which holds the project itself; it must be a folder of its own.
          [project]\\nstate_dir = "/"              | 2:1: `state_dir` is `/`, which holds the project itself; it must be a folder of its own.
          [project]\\nstate_dir = "castra.toml/x"  | 2:1: The state root `castra.toml/x` cannot be used: Not a directory.
          [[project]]\\nname = "x"                 | 1:1: `project` must be a table, not an array.
          [defaults]\\nname = "x"                  | 2:1: `name` is not known in `[defaults]`; known are `base_image`, `cpus`, `memory`, `disk`, `accel`.
          [defaults]\\ncpus = -1                   | 2:1: `cpus` is `-1`; it must be from 1 to 256.
          [defaults.bootstrap]\\nmode = "auto"     | 1:1: `bootstrap` is not known in `[defaults]`; known are `base_image`, `cpus`, `memory`, `disk`, `accel`.
          [bootstrap]\\nscript = "run.sh"          | 2:1: `script` is not known in `[bootstrap]`; known are `mode`, `handshake_timeout_secs`, `apply_timeout_secs`, `remote_dir`, `env`.
          [lifecycle]\\nsigkill_wait_secs = 0      | 2:1: `sigkill_wait_secs` is `0`; it must be from 1 to 86400.
          [lifecycle]\\nsigkil_wait_secs = 1       | 2:1: `sigkil_wait_secs` is not known in `[lifecycle]`; did you mean `sigkill_wait_secs`?
          [vm]\\nname = "x"                        | 1:1: `vm` is not known at the top level; did you mean `vms`?
          cpus = 3                                 | 1:1: `cpus` is not known at the top level; known are `project`, `lifecycle`, `history`, `defaults`, `bootstrap`, `vms`.
          """)
  void ofTheOtherTables(String head, String line) throws IOException {
    assertThat(toml.mistakes(head.replace("\\n", "\n") + "\n" + TomlFile.ONE_VM))
        .containsExactly(line);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          { host = 80 }                            | 3:19: `guest` is missing in `[[vms.port_forwards]]`.
          { guest = 0 }                            | 3:21: `guest` is `0`; it must be from 1 to 65535.
          { guest = 65536 }                        | 3:21: `guest` is `65536`; it must be from 1 to 65535.
          { guest = 80, host = -1 }                | 3:33: `host` is `-1`; it must be from 0 to 65535.
          { guest = 80, host = "8080" }            | 3:33: `host` must be an integer, not a string.
          { guest = 80, protocol = "tpc" }         | 3:33: `protocol` is `tpc`; did you mean `tcp`?
          { guest = 80, protocol = "sctp" }        | 3:33: `protocol` is `sctp`; it must be one of `tcp`, `udp`.
          { guest = 80, address = "localhost" }    | 3:33: `address` is `localhost`; it must be an IPv4 address such as `127.0.0.1`.
          { guest = 80, address = "::1" }          | 3:33: `address` is `::1`; it must be an IPv4 address such as `127.0.0.1`.
          { guest = 80, address = "127.0.0.256" }  | 3:33: `address` is `127.0.0.256`; it must be an IPv4 address such as `127.0.0.1`.
          { guest = 80, address = "127.0.0.01" }   | 3:33: `address` is `127.0.0.01`; it must be an IPv4 address such as `127.0.0.1`.
          { guest = 80, prot = "tcp" }             | 3:33: `prot` is not known in `[[vms.port_forwards]]`; known are `host`, `guest`, `protocol`, `address`.
          { guest = 80 }, 22                       | 3:35: `port_forwards` must hold tables, not an integer.
          { guest = 80 }, { guest = 80 }           | 3:37: Guest port `80/tcp` is already forwarded at line 3.
          """)
  void ofAForward(String forward, String line) throws IOException {
    assertThat(toml.mistakes(TomlFile.ONE_VM + "port_forwards = [ " + forward + " ]\n"))
        .containsExactly(line);
  }

  @Test
  void theSameGuestPortIsFineForTcpAndUdp() throws IOException {
    Project project =
        toml.load(
            TomlFile.ONE_VM
                + "port_forwards = [ { guest = 53 }, { guest = 53, protocol = \"udp\" } ]\n");

    assertThat(project.vms().get(0).ports()).hasSize(3);
  }

  @Test
  void aFileWithoutVmsIsUseless() throws IOException {
    String sentence = "The file has no `[[vms]]` entry, so there is no VM.";
    assertThat(toml.mistakes("")).containsExactly("1:1: " + sentence);
    assertThat(toml.mistakes("[project]\nname = \"x\"\n")).containsExactly("1:1: " + sentence);
    assertThat(toml.mistakes("\nvms = []\n")).containsExactly("2:1: " + sentence);
  }

  @Test
  void aSingleTableIsNoList() throws IOException {
    assertThat(toml.mistakes("[vms]\nname = \"web\"\n"))
        .containsExactly("1:1: `vms` must be an array of tables, `[[vms]]`, not a table.");
  }

  @Test
  void longValuesAreCutShort() throws IOException {
    assertThat(toml.mistakes("[[vms]]\nname = \"" + "x".repeat(500) + "\"\n"))
        .containsExactly(
            "2:1: `name` is `" + "x".repeat(60) + "…`; it must match `[a-z0-9][a-z0-9-]{0,62}`.");
  }

  @Test
  void aDozenMistakesAreReportedTogetherInFileOrder() throws IOException {
    assertThat(toml.failure(resource("mistakes.toml")).getMessage() + "\n")
        .isEqualTo(resource("mistakes.txt"));
  }

  private static String resource(String name) throws IOException {
    try (var stream = Objects.requireNonNull(MistakesTest.class.getResourceAsStream(name), name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
