package dev.castra.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class ErrorCodeTest {
  /** Scripts match on these: none may change, new ones may come. */
  private static final String STABLE =
      """
      usage 64
      statement-invalid 64
      config-invalid 65
      config-not-found 66
      vm-not-found 66
      run-not-found 66
      record-not-found 66
      program-missing 69
      preflight-failed 70
      base-image-invalid 70
      port-taken 70
      launch-failed 70
      handshake-failed 70
      host-key-mismatch 70
      guest-failed 70
      bootstrap-failed 70
      artifact-invalid 70
      shutdown-failed 70
      cannot-create 73
      io 74
      database 74
      database-too-new 74
      statement-timeout 74
      busy 75
      interrupted 130
      """;

  @Test
  void idsAndExitCodesAreStable() {
    String codes =
        Arrays.stream(ErrorCode.values())
            .map(code -> code.id() + " " + code.exitCode() + "\n")
            .collect(Collectors.joining());

    assertThat(codes).isEqualTo(STABLE);
  }

  @Test
  void idsAreUniqueAndInKebabCase() {
    assertThat(ErrorCode.values())
        .extracting(ErrorCode::id)
        .doesNotHaveDuplicates()
        .allMatch(id -> id.matches("[a-z]+(-[a-z]+)*"));
  }

  @Test
  void exitCodesAreThoseThatCastraPromises() {
    assertThat(ErrorCode.values())
        .extracting(ErrorCode::exitCode)
        .containsOnly(64, 65, 66, 69, 70, 73, 74, 75, 130);
  }
}
