package dev.castra.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostPortsTest {
  @TempDir Path directory;
  private TomlFile toml;

  @BeforeEach
  void useDirectory() {
    toml = new TomlFile(directory);
  }

  @Test
  void twoVmsDoNotShareAPort() throws IOException {
    assertThat(
            toml.mistakes(
                vm("a", "{ host = 80, guest = 1 }") + vm("b", "{ host = 80, guest = 2 }")))
        .containsExactly("6:20: Host port `80/tcp` of `b` is already taken by `a` at line 3.");
  }

  @Test
  void oneVmDoesNotUseAPortTwice() throws IOException {
    assertThat(toml.mistakes(vm("a", "{ host = 80, guest = 1 }, { host = 80, guest = 2 }")))
        .containsExactly("3:46: Host port `80/tcp` of `a` is already taken by `a` at line 3.");
  }

  @Test
  void portsOfReplicasAreCountedUpFirst() throws IOException {
    assertThat(
            toml.mistakes(
                vm("api", "{ host = 8080, guest = 1 }")
                    + "count = 3\n"
                    + vm("b", "{ host = 8082, guest = 1 }")))
        .containsExactly(
            "7:20: Host port `8082/tcp` of `b` is already taken by `api-2` at line 3.");
    assertThat(
            toml.mistakes(
                vm("b", "{ host = 8082, guest = 1 }")
                    + vm("api", "{ host = 8080, guest = 1 }")
                    + "count = 3\n"))
        .containsExactly(
            "6:20: Host port `8082/tcp` of `api-2` is already taken by `b` at line 3.");
    assertThat(
            toml.load(
                    vm("api", "{ host = 8080, guest = 1 }")
                        + "count = 3\n"
                        + vm("b", "{ host = 8083, guest = 1 }"))
                .vms())
        .hasSize(4);
  }

  @Test
  void neighbouringPortsOfOneEntryCollideOnceCountedUp() throws IOException {
    String two = vm("api", "{ host = 8080, guest = 1 }, { host = 8081, guest = 2 }");

    assertThat(toml.load(two).vms()).hasSize(1);
    assertThat(toml.mistakes(two + "count = 2\n"))
        .containsExactly(
            "3:48: Host port `8081/tcp` of `api-0` is already taken by `api-1` at line 3.");
  }

  @Test
  void everyAddressMeansEveryAddress() throws IOException {
    String any = vm("a", "{ host = 80, guest = 1, address = \"0.0.0.0\" }");
    String other = vm("b", "{ host = 80, guest = 1, address = \"127.0.0.9\" }");
    String line = "6:20: Host port `80/tcp` of `%s` is already taken by `%s` at line 3.";

    assertThat(toml.mistakes(any + other)).containsExactly(line.formatted("b", "a"));
    assertThat(toml.mistakes(other + any)).containsExactly(line.formatted("a", "b"));
  }

  @Test
  void otherAddressesProtocolsAndPickedPortsDoNotCollide() throws IOException {
    Project project =
        toml.load(
            vm("a", "{ host = 80, guest = 1 }, { host = 0, guest = 2 }")
                + vm(
                    "b",
                    "{ host = 80, guest = 1, address = \"127.0.0.2\" }, { host = 0, guest = 2 }")
                + vm("c", "{ host = 80, guest = 1, protocol = \"udp\" }"));

    assertThat(project.vms()).hasSize(3);
  }

  @Test
  void countingUpEndsAtTheLastPort() throws IOException {
    String last = vm("a", "{ host = 65530, guest = 1 }");

    assertThat(toml.load(last + "count = 6\n").vms()).hasSize(6);
    assertThat(toml.mistakes(last + "count = 7\n"))
        .containsExactly("3:20: `host` is `65530`; counted up for `count = 7` it passes 65535.");
  }

  private static String vm(String name, String forwards) {
    return "[[vms]]\nname = \"" + name + "\"\nport_forwards = [" + forwards + "]\n";
  }
}
