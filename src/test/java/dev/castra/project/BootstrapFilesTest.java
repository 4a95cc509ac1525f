package dev.castra.project;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.vm.BootstrapSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootstrapFilesTest {
  private static final String TWO_APIS = "[[vms]]\nname = \"api\"\ncount = 2\n";

  @TempDir Path folder;
  private Path directory;
  private TomlFile toml;

  @BeforeEach
  void useRealPath() throws IOException {
    directory = folder.toRealPath();
    toml = new TomlFile(directory);
  }

  @Test
  void noFilesNoScript() throws IOException {
    assertThat(bootstraps(TWO_APIS))
        .allSatisfy(
            bootstrap -> {
              assertThat(bootstrap.script()).isEmpty();
              assertThat(bootstrap.payload()).isEmpty();
            });
  }

  @Test
  void theScriptOfTheVmComesBeforeThatOfTheRole() throws IOException {
    Path role = toml.file("bootstrap/api/run.sh", "");
    Path own = toml.file("bootstrap/api-1/run.sh", "");

    List<BootstrapSpec> bootstraps = bootstraps(TWO_APIS);

    assertThat(bootstraps.get(0).script()).contains(role);
    assertThat(bootstraps.get(1).script()).contains(own);
  }

  @Test
  void thePayloadLiesBesideTheScriptThatIsUsed() throws IOException {
    toml.file("bootstrap/api/run.sh", "");
    toml.file("bootstrap/api/payload/a", "");
    toml.file("bootstrap/api-1/run.sh", "");
    toml.file("setup/run.sh", "");
    toml.file("setup/payload/b", "");

    List<BootstrapSpec> found = bootstraps(TWO_APIS);

    assertThat(found.get(0).payload()).contains(directory.resolve("bootstrap/api/payload"));
    assertThat(found.get(1).payload()).isEmpty();
    assertThat(bootstraps(TWO_APIS + "bootstrap.script = \"setup/run.sh\"\n").get(0).payload())
        .contains(directory.resolve("setup/payload"));
  }

  @Test
  void configuredPathsAreKeptEvenIfNothingIsThere() throws IOException {
    BootstrapSpec bootstrap =
        bootstraps(TWO_APIS + "bootstrap = { script = \"a.sh\", payload = \"b\" }\n").get(0);

    assertThat(bootstrap.script()).contains(directory.resolve("a.sh"));
    assertThat(bootstrap.payload()).contains(directory.resolve("b"));
  }

  @Test
  void aBrokenLinkIsAScriptThatPreflightWillMiss() throws IOException {
    Path script = directory.resolve("bootstrap/api/run.sh");
    Files.createDirectories(ConfigLocator.folderOf(script));
    Files.createSymbolicLink(script, Path.of("gone.sh"));

    assertThat(bootstraps(TWO_APIS).get(0).script()).contains(script);
  }

  private List<BootstrapSpec> bootstraps(String text) throws IOException {
    return toml.load(text).vms().stream().map(vm -> vm.bootstrap()).toList();
  }
}
