package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A castra that is killed while {@code qemu-img} makes a disk for it. */
final class HalfMadeDiskIT {
  private final CastraProject project;
  private final Path here;
  private final Path go;

  HalfMadeDiskIT() throws IOException {
    project = CastraProject.create();
    here = project.directory().resolve("making");
    go = project.directory().resolve("go");
  }

  @BeforeEach
  void describe() throws IOException {
    BootSector.write(project.directory().resolve("boot.img"));
    project.file(
        "castra.toml",
        """
        [lifecycle]
        graceful_shutdown_wait_secs = 1
        [[vms]]
        name = "web"
        base_image = "boot.img"
        memory = "128 MiB"
        """);
    WrappedQemu.use(
        project,
        "qemu-img",
        """
        "$qemu" "$@" || exit
        [ "$1" = create ] || exit 0
        touch %s; until [ -e %s ]; do sleep 0.05; done
        """
            .formatted(here, go));
  }

  @AfterEach
  void stop() throws IOException, InterruptedException {
    project.close();
  }

  @Test
  void theNextUpRemovesItAndNothingElse() throws InterruptedException, IOException {
    CastraProcess killed = project.startUp();
    Host.await("the disk to be made", () -> Files.exists(here));
    List<String> half = unfinished();
    assertThat(half).singleElement().asString().matches("\\.disk-.*\\.qcow2\\.unfinished");
    killed.signal("KILL");
    killed.end();
    String neighbour = ".disk-of-somebody.qcow2.unfinished";
    Files.writeString(project.stateRoot().resolve("vms/web").resolve(neighbour), "precious");
    Files.createFile(go);

    project.startUp().awaitEvent("VmStarted");

    assertThat(unfinished()).containsExactly(neighbour);
  }

  private List<String> unfinished() throws IOException {
    try (Stream<Path> files = Files.list(project.stateRoot().resolve("vms/web"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("."))
          .toList();
    }
  }
}
