package dev.castra.operation;

import dev.castra.bootstrap.EnvHashKey;
import dev.castra.bootstrap.Manifest;
import dev.castra.bootstrap.ManifestEntry;
import dev.castra.error.CastraException;
import dev.castra.project.CleanConfig;
import dev.castra.project.Project;
import dev.castra.project.StateRoot;
import dev.castra.report.Scrubber;
import dev.castra.steplog.RunLog;
import dev.castra.vm.EnvSecret;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Values of env entries that may stand in the texts about a run.
 *
 * @param secrets those that are known
 * @param gap what is not known; empty if nothing is missing
 */
record KnownSecrets(Set<EnvSecret> secrets, Optional<String> gap) {

  /**
   * @param carriedOut castra.toml as it was when the run began; empty if only the present one is
   *     known
   * @param manifest what the run applied
   */
  static KnownSecrets of(
      CleanConfig config, Optional<Project> carriedOut, Manifest manifest, StateRoot root) {
    Set<EnvSecret> secrets = new LinkedHashSet<>(config.secrets().orElse(List.of()));
    carriedOut.ifPresent(project -> secrets.addAll(of(project)));
    List<String> unknown = unknown(manifest, secrets, root);
    if (!unknown.isEmpty()) {
      return new KnownSecrets(
          secrets,
          Optional.of(
              "castra.toml no longer has the value that the run had for env `"
                  + String.join("`, `", unknown)
                  + "`"));
    }
    return new KnownSecrets(
        secrets,
        config.secrets().isEmpty() && carriedOut.isEmpty()
            ? Optional.of("castra.toml cannot be read, so its env values are not known")
            : Optional.empty());
  }

  private static Set<EnvSecret> of(Project project) {
    Set<EnvSecret> secrets = new LinkedHashSet<>();
    project
        .vms()
        .forEach(
            vm ->
                vm.bootstrap()
                    .env()
                    .forEach((name, value) -> secrets.add(new EnvSecret(name, value))));
    return secrets;
  }

  /** Env entries of the run that have another value now. */
  private static List<String> unknown(Manifest manifest, Set<EnvSecret> secrets, StateRoot root) {
    Optional<EnvHashKey> key = key(root);
    return manifest.entries().stream()
        .filter(entry -> entry.kind() == ManifestEntry.Kind.ENV)
        .filter(entry -> key.isEmpty() || secrets.stream().noneMatch(is(entry, key.get())))
        .map(ManifestEntry::name)
        .toList();
  }

  private static java.util.function.Predicate<EnvSecret> is(ManifestEntry entry, EnvHashKey key) {
    return secret ->
        secret.name().equals(entry.name())
            && key.hash(secret.name(), secret.value()).equals(entry.sha256());
  }

  private static Optional<EnvHashKey> key(StateRoot root) {
    try {
      return ProjectKeys.envHashKey(root);
    } catch (CastraException unusable) {
      return Optional.empty();
    }
  }

  Scrubber scrubber() {
    Set<EnvSecret> forms = new LinkedHashSet<>(secrets);
    secrets.forEach(
        secret -> forms.add(new EnvSecret(secret.name(), RunLog.marked(secret.value()))));
    return gap.isEmpty() ? Scrubber.of(forms) : Scrubber.ofSome(forms);
  }

  List<String> names() {
    return secrets.stream().map(EnvSecret::name).distinct().sorted().toList();
  }
}
