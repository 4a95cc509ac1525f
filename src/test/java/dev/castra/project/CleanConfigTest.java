package dev.castra.project;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.vm.EnvSecret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CleanConfigTest {
  @TempDir Path folder;

  private CleanConfig read(String toml) throws IOException {
    return CleanConfig.read(Files.writeString(folder.resolve("castra.toml"), toml).toRealPath());
  }

  /** The secret of all of them is {@code hush}. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "[bootstrap.env]\nTOKEN = \"hush\"\nB = 'hush'",
        "[bootstrap]\nenv = { TOKEN = \"hush\", B = \"x\" } # hush",
        "[bootstrap]\nenv.TOKEN = \"hush\"",
        "bootstrap.env.TOKEN = 'hush'",
        "bootstrap = { env = { TOKEN = \"hush\", }, mode = \"auto\" }",
        "\"bootstrap\".'env'.\"TOKEN\" = \"hush\"",
        "[bootstrap]\n\"\\u0065nv\" = { TOKEN = \"hush\" }",
        "[bootstrap.env]\nTOKEN = \"\"\"\nhush\n \\\" \"\" hush\"\"\"\"\nB = '''hush\nhush'''\n",
        "[bootstrap.env]\nTOKEN = \"a\\\"hush\" # hush\n# TOKEN hush\nB = \"hush#hush\"",
        "[bootstrap.env]\n\"TOKEN=hush\" = \"\"",
        "[bootstrap]\nenv = [\"TOKEN=hush\", [\"hush\"]]",
        "[bootstrap]\nenv = \"hush\"",
        "# env = { TOKEN = \"hush\" }\n# token: hush\n[bootstrap]\nmode = \"auto\" # TOKEN=hush",
        "[[vms]]\nname = \"a\"\n[vms.bootstrap.env]\nTOKEN = \"hush\"\n"
            + "[[vms]]\nname = \"b\"\nbootstrap = { env = { X = \"hush\" } }",
        "[[vms]]\nname = \"a\"\n[vms.bootstrap]\nverify_command = \"curl https://me:hush@host\"",
        "[vms.bootstrap]\nverify_command = \"curl -H 'Authorization: Bearer hushhush' host\"",
        "[vms.bootstrap]\nverify_command = \"login --password=hush --user me\"",
        "[bootstrap]\r\nenv = { TOKEN = \"hush\" }\r\n",
      })
  void noSecretStaysAndEveryLineKeepsItsNumber(String toml) throws IOException {
    CleanConfig config = read(toml);

    assertThat(config.trouble()).isEmpty();
    String clean = config.text().orElseThrow();
    assertThat(clean).doesNotContain("hush");
    assertThat(clean.lines().count()).isEqualTo(toml.lines().count());
  }

  @Test
  void everythingElseStaysAsItIs() throws IOException {
    String toml =
        """
        # The shop
        [project]
        name = "shop"  # ours

        [[vms]]
        name = 'web'
        count = 0x2
        memory = "1 GiB"
        port_forwards = [ { guest = 80 }, # the shop
          { guest = 443 } ]
        [vms.bootstrap]
        verify_command = \"""
          test -e "/a#b" && \\
          true\"""
        """;

    assertThat(read(toml).text()).contains(toml);
    String secret = "[bootstrap.env]\nTOKEN = \"hush\"\n";
    assertThat(read(toml + secret).text())
        .contains(toml + secret.replace("hush", "[removed: env TOKEN]"));
  }

  @Test
  void theSecretsAreThoseOfEveryEnvTable() throws IOException {
    CleanConfig config =
        read(
            """
            bootstrap.env = { A = "one" }
            [[vms]]
            [vms.bootstrap.env]
            A = "two"
            B = 12345
            "C=three" = "four"
            """);

    assertThat(config.secrets().orElseThrow())
        .contains(
            new EnvSecret("A", "one"),
            new EnvSecret("A", "two"),
            new EnvSecret("B", "12345"),
            new EnvSecret("C", "three"));
    assertThat(config.toString()).doesNotContain("one");
  }

  @Test
  void aFileThatDoesNotParseHasNoTextAndNobodyKnowsItsSecrets() throws IOException {
    CleanConfig config = read("[bootstrap]\nenv = { TOKEN = hush }\n");

    assertThat(config.text()).isEmpty();
    assertThat(config.secrets()).isEmpty();
    assertThat(config.trouble().orElseThrow()).contains("castra.toml").doesNotContain("hush");
    assertThat(config.stateRoot().path()).isEqualTo(folder.toRealPath().resolve(".castra"));
  }

  @Test
  void aFileThatCastraWouldRefuseStillTellsWhereItsStateIs() throws IOException {
    CleanConfig config = read("[project]\nstate_dir = \"state\"\nnmae = 1\n");

    assertThat(config.stateRoot().path()).isEqualTo(folder.toRealPath().resolve("state"));
    assertThat(config.text()).isPresent();
  }

  @Test
  void everyConfigurationOfTheManualCanBeCleaned() throws IOException {
    String manual = Files.readString(Path.of("docs/configuration.md"));
    List<String> blocks =
        IntStream.iterate(
                manual.indexOf("```toml\n"), i -> i >= 0, i -> manual.indexOf("```toml\n", i + 1))
            .mapToObj(i -> manual.substring(i + 8, manual.indexOf("```", i + 8)))
            .toList();

    assertThat(blocks).isNotEmpty();
    for (String block : blocks) {
      assertThat(read(block).text()).isPresent();
    }
  }
}
