package dev.castra.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.security.auth.module.UnixSystem;
import dev.castra.error.CastraException;
import dev.castra.vm.BootId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SocketFolderTest {
  private static final Path STATE_ROOT = Path.of("/home/me/project/.castra");

  @TempDir Path temporary;

  private final long uid = new UnixSystem().getUid();

  @Test
  void outlivesTheRuntimeFolderThatGoesAtLogout() throws IOException {
    Path runtime = Files.createDirectory(temporary.resolve("run"));
    SocketFolder folder = open(Map.of("XDG_RUNTIME_DIR", runtime.toString()));
    assertThat(folder.path()).hasParent(temporary.resolve("castra-" + uid));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
        .isEqualTo("rwx------");
    assertThat(open(Map.of())).isEqualTo(folder);
  }

  @Test
  void fallsBackToTheRuntimeFolderWhereSomebodyElseTookItsName() throws IOException {
    Files.createFile(temporary.resolve("castra-" + uid));
    Path runtime = Files.createDirectory(temporary.resolve("run"));
    Path deep = Files.createDirectories(temporary.resolve("x".repeat(90)));
    assertThat(open(Map.of("XDG_RUNTIME_DIR", runtime.toString())).path())
        .hasParent(runtime.resolve("castra"));
    for (String unusable : List.of("", "run", "/nowhere", deep.toString())) {
      assertThatThrownBy(() -> open(Map.of("XDG_RUNTIME_DIR", unusable)))
          .isInstanceOf(CastraException.class)
          .hasMessageContaining("is not a folder");
    }
  }

  @Test
  void keepsProjectsApart() {
    SocketFolder other = SocketFolder.open(Map.of(), Path.of("/other"), temporary, uid);
    assertThat(open(Map.of()).path()).isNotEqualTo(other.path());
  }

  @Test
  void namesSocketsShortly() {
    SocketFolder longest = new SocketFolder(Path.of("/tmp/castra-4294967295/01234567"));
    Path socket = longest.socket(BootId.fresh());
    assertThat(socket.toString().length()).isLessThanOrEqualTo(100);
  }

  @Test
  void refusesFolderOfSomebodyElse() throws IOException {
    Path foreign = temporary.resolve("castra-" + (uid + 1));
    Files.createDirectory(foreign);
    assertThatThrownBy(() -> SocketFolder.open(Map.of(), STATE_ROOT, temporary, uid + 1))
        .isInstanceOf(CastraException.class)
        .hasMessageContaining("belongs to another user");
  }

  @Test
  void refusesLink() throws IOException {
    Path target = Files.createDirectory(temporary.resolve("target"));
    Files.createSymbolicLink(temporary.resolve("castra-" + uid), target);
    assertThatThrownBy(() -> open(Map.of()))
        .isInstanceOf(CastraException.class)
        .hasMessageContaining("is not a folder");
  }

  @Test
  void refusesFolderOpenToOthers() throws IOException {
    Path folder = Files.createDirectory(temporary.resolve("castra-" + uid));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));
    assertThatThrownBy(() -> open(Map.of()))
        .isInstanceOf(CastraException.class)
        .hasMessageContaining("open to other users");
  }

  private SocketFolder open(Map<String, String> environment) {
    return SocketFolder.open(environment, STATE_ROOT, temporary, uid);
  }
}
