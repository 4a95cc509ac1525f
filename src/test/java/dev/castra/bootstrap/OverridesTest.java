package dev.castra.bootstrap;

import static dev.castra.vm.BootstrapMode.ALWAYS;
import static dev.castra.vm.BootstrapMode.AUTO;
import static dev.castra.vm.BootstrapMode.DISABLED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.project.ProjectLoader;
import dev.castra.vm.BootstrapMode;
import dev.castra.vm.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OverridesTest {
  /** The VMs web-0 and web-1 are `auto` by [bootstrap], db is `disabled` by its own entry. */
  private static final String TOML =
      """
      [bootstrap]
      mode = "auto"

      [[vms]]
      name = "web"
      count = 2

      [[vms]]
      name = "db"

      [vms.bootstrap]
      mode = "off"
      """;

  private List<VmSpec> vms;

  @BeforeEach
  void loadVms(@TempDir Path folder) throws IOException {
    vms = ProjectLoader.load(Files.writeString(folder.resolve("castra.toml"), TOML)).vms();
  }

  /** Modes of web-0, web-1 and db. */
  private List<BootstrapMode> modes(String... options) {
    Overrides overrides = Overrides.parse(List.of(options));
    assertThat(overrides.problems(vms, vms)).isEmpty();
    return vms.stream().map(overrides::modeFor).toList();
  }

  private List<String> problems(String... options) {
    return Overrides.parse(List.of(options)).problems(vms, vms);
  }

  @Test
  void withoutOptionsTheConfigurationDecides() {
    assertThat(modes()).containsExactly(AUTO, AUTO, DISABLED);
  }

  @ParameterizedTest
  @CsvSource({
    "auto, AUTO",
    "AUTO, AUTO",
    "always, ALWAYS",
    "Always, ALWAYS",
    "force, ALWAYS",
    "FORCE, ALWAYS",
    "disabled, DISABLED",
    "DisAbled, DISABLED",
    "skip, DISABLED",
    "Skip, DISABLED",
    "off, DISABLED",
    "OFF, DISABLED"
  })
  void everySpellingOfAModeIsAccepted(String spelling, BootstrapMode mode) {
    assertThat(modes(spelling)).containsOnly(mode);
    assertThat(modes("web-1=" + spelling)).element(1).isEqualTo(mode);
    assertThat(modes("web-1:" + spelling)).element(1).isEqualTo(mode);
  }

  @Test
  void aVmBeatsItsRoleThatTheGlobalModeThatTheConfiguration() {
    assertThat(modes("always")).containsExactly(ALWAYS, ALWAYS, ALWAYS);
    assertThat(modes("always", "web=disabled")).containsExactly(DISABLED, DISABLED, ALWAYS);
    assertThat(modes("always", "web=disabled", "web-1=auto"))
        .containsExactly(DISABLED, AUTO, ALWAYS);
    assertThat(modes("web-1=auto", "web=disabled", "always"))
        .containsExactly(DISABLED, AUTO, ALWAYS);
    assertThat(modes("db=always")).containsExactly(AUTO, AUTO, ALWAYS);
  }

  @Test
  void severalModesMayStandInOneOption() {
    assertThat(modes("always,web=disabled,web-1:auto")).containsExactly(DISABLED, AUTO, ALWAYS);
    assertThat(modes(" always , web = disabled ")).containsExactly(DISABLED, DISABLED, ALWAYS);
  }

  @Test
  void theSameModeTwiceIsFine() {
    assertThat(modes("web=always,web:FORCE", "web=always", "off", "skip"))
        .containsExactly(ALWAYS, ALWAYS, DISABLED);
  }

  @Test
  void differentModesForOneTargetAreAConflictThatNamesBoth() {
    assertThat(problems("web-0=always", "web-0:skip"))
        .containsExactly("`--bootstrap` gives `web-0` conflicting modes: `always` and `disabled`.");
    assertThat(problems("web=auto,web=off,web=force"))
        .containsExactly(
            "`--bootstrap` gives `web` conflicting modes: `auto` and `disabled` and `always`.");
    assertThat(problems("auto", "always"))
        .containsExactly("`--bootstrap` gives all VMs conflicting modes: `auto` and `always`.");
  }

  @Test
  void aVmAndItsRoleMayDiffer() {
    assertThat(problems("web=always", "web-0=disabled", "auto")).isEmpty();
  }

  @Test
  void anUnknownNameIsAnsweredWithTheNamesThereAre() {
    assertThat(problems("wbe=always"))
        .containsExactly("`--bootstrap` names `wbe`, but there are only: web-0, web-1, db, web.");
    assertThat(problems("WEB=always", "web-2=auto")).hasSize(2);
  }

  @Test
  void allProblemsComeAtOnce() {
    assertThat(problems("x=auto", "x=always", "off,auto"))
        .containsExactly(
            "`--bootstrap` names `x`, but there are only: web-0, web-1, db, web.",
            "`--bootstrap` gives `x` conflicting modes: `auto` and `always`.",
            "`--bootstrap` gives all VMs conflicting modes: `disabled` and `auto`.");
  }

  @Test
  void aModeForWhatTheCommandIsNotAboutIsAProblemAndOneForMoreThanThatIsNone() {
    List<VmSpec> selected = vms.subList(1, 2);

    assertThat(Overrides.parse(List.of("db=always,web-0=off")).problems(vms, selected))
        .containsExactly(
            "`--bootstrap` gives `db` a mode, but the command is only about: web-1, web.",
            "`--bootstrap` gives `web-0` a mode, but the command is only about: web-1, web.");
    assertThat(Overrides.parse(List.of("always,web=off,web-1=auto")).problems(vms, selected))
        .isEmpty();
  }

  @Test
  void allMistakesOfSpellingComeAtOnce() {
    assertThatThrownBy(() -> Overrides.parse(List.of("web=sometimes,never", "=auto")))
        .isInstanceOfSatisfying(
            CastraException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.USAGE);
              assertThat(e.hint())
                  .isEqualTo(
                      """
                      Use one of auto, always, disabled.
                        Write `--bootstrap VM=MODE`, or `--bootstrap MODE` for all VMs.""");
            })
        .hasMessage(
            """
            The `--bootstrap` options have 3 mistakes:
              `sometimes` in `--bootstrap web=sometimes` is not a bootstrap mode.
              `never` in `--bootstrap never` is not a bootstrap mode.
              `--bootstrap =auto` names no VM.""");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ",", "auto,", ",auto", "auto,,always", "web=", "web:", "web = "})
  void aPartWithoutAModeIsAUsageError(String option) {
    assertUsage(option, "names no mode.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"=auto", ":auto", " = auto", "auto,=off", "="})
  void aPartWithoutANameIsAUsageError(String option) {
    assertUsage(option, "names no VM.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sometimes", "web=sometimes", "web:sometimes", "web=auto=off", "web-0"})
  void anUnknownModeIsAUsageErrorThatListsTheModes(String option) {
    assertUsage(option, "is not a bootstrap mode.");
    assertThatThrownBy(() -> Overrides.parse(List.of(option)))
        .isInstanceOfSatisfying(
            CastraException.class,
            e -> assertThat(e.hint()).isEqualTo("Use one of auto, always, disabled."));
  }

  private static void assertUsage(String option, String end) {
    assertThatThrownBy(() -> Overrides.parse(List.of(option)))
        .isInstanceOfSatisfying(
            CastraException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE))
        .hasMessageEndingWith(end);
  }
}
