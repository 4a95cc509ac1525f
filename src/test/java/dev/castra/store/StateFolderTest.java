package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.security.auth.module.UnixSystem;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateFolderTest {
  private final long uid = new UnixSystem().getUid();
  @TempDir Path folder;
  private StateRoot root;

  @BeforeEach
  void nameTheStateRoot() {
    root = OpenProject.rootIn(folder);
  }

  @Test
  void anEmptyFolderThatIsOpenToOthersIsClosedToThem() throws IOException {
    Files.createDirectory(root.path());
    chmod("rwxr-xr-x");

    OpenProject.in(folder).close();

    assertThat(mode()).isEqualTo("rwx------");
  }

  @Test
  void aStateRootThatWasOpenedToOthersIsClosedAgain() throws IOException {
    OpenProject.in(folder).close();
    chmod("rwxrwxrwx");

    OpenProject.in(folder).close();

    assertThat(mode()).isEqualTo("rwx------");
  }

  @Test
  void aFolderOfOtherThingsIsNotTouched() throws IOException {
    Files.createDirectory(root.path());
    Files.createFile(root.path().resolve("diary.txt"));
    chmod("rwxr-xr-x");

    refuses(uid, "holds other things than Castra's");

    chmod("rwx------");
    StateFolder.open(root, uid);
  }

  @Test
  void aFolderOfSomebodyElseIsNotTouched() throws IOException {
    Files.createDirectory(root.path());
    chmod("rwxr-xr-x");

    refuses(uid + 1, "belongs to another user");
  }

  private void refuses(long user, String why) throws IOException {
    assertThatThrownBy(() -> StateFolder.open(root, user))
        .isInstanceOf(CastraException.class)
        .hasMessageContaining("`" + root.path() + "`")
        .hasMessageContaining("rwxr-xr-x")
        .hasMessageContaining(why)
        .extracting(failure -> ((CastraException) failure).code())
        .isEqualTo(ErrorCode.CANNOT_CREATE);
    assertThat(mode()).isEqualTo("rwxr-xr-x");
  }

  private void chmod(String mode) throws IOException {
    Files.setPosixFilePermissions(root.path(), PosixFilePermissions.fromString(mode));
  }

  private String mode() throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(root.path()));
  }
}
