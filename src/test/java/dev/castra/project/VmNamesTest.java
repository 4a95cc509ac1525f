package dev.castra.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VmNamesTest {
  @TempDir Path directory;
  private TomlFile toml;

  @BeforeEach
  void useDirectory() {
    toml = new TomlFile(directory);
  }

  @Test
  void rolesAreUnique() throws IOException {
    assertThat(toml.mistakes(vm("web") + vm("web")))
        .containsExactly("4:1: The name `web` is used twice: here and by `web` at line 2.");
    assertThat(toml.mistakes(vm("web") + vm("web") + "count = 2\n"))
        .containsExactly("4:1: The name `web` is used twice: here and by `web` at line 2.");
  }

  @Test
  void aVmIsNotNamedLikeAReplica() throws IOException {
    assertThat(toml.mistakes(vm("api") + "count = 2\n" + vm("api-1")))
        .containsExactly("5:1: The name `api-1` is used twice: here and by `api` at line 2.");
    assertThat(toml.mistakes(vm("api-1") + vm("api") + "count = 2\n"))
        .containsExactly("4:1: The name `api-1` is used twice: here and by `api-1` at line 2.");
  }

  @Test
  void aReplicaIsNotNamedLikeARole() throws IOException {
    assertThat(toml.mistakes(vm("api-0") + "count = 2\n" + vm("api") + "count = 2\n"))
        .containsExactly("5:1: The name `api-0` is used twice: here and by `api-0` at line 2.");
    assertThat(toml.mistakes(vm("api") + "count = 2\n" + vm("api-0") + "count = 2\n"))
        .containsExactly("5:1: The name `api-0` is used twice: here and by `api` at line 2.");
  }

  @Test
  void namesThatOnlyLookAlikeAreFine() throws IOException {
    Project project = toml.load(vm("api") + "count = 2\n" + vm("api-2") + vm("api-00"));

    assertThat(project.vms())
        .extracting(vm -> vm.name().value())
        .containsExactly("api-0", "api-1", "api-2", "api-00");
  }

  @Test
  void replicaNamesAreNotTooLong() throws IOException {
    String longest = "x".repeat(61);
    assertThat(toml.load(vm(longest) + "count = 10\n").vms()).hasSize(10);
    assertThat(toml.mistakes(vm(longest) + "count = 11\n"))
        .containsExactly(
            "2:1: `count` makes a VM name of 64 letters from `"
                + "x".repeat(60)
                + "…`; 63 are allowed.");
  }

  private static String vm(String name) {
    return "[[vms]]\nname = \"" + name + "\"\n";
  }
}
