package dev.castra;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The package table of docs/architecture.md. */
final class ArchitectureTest {
  private static final JavaClasses CASTRA =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.castra");

  private static final String JACKSON = "com.fasterxml.jackson.core..";

  /** Package to what it may import besides itself, the JDK and JSpecify. */
  private static final Map<String, String[]> MAY_IMPORT =
      Map.ofEntries(
          Map.entry("error", packages()),
          Map.entry("vm", packages("error")),
          Map.entry("run", packages("error")),
          Map.entry("process", packages("error", JACKSON)),
          Map.entry("project", packages("vm", "error", "org.tomlj..", "org.antlr..")),
          Map.entry("event", packages("vm", "run", "error", JACKSON)),
          Map.entry("image", packages("vm", "process", "error")),
          Map.entry("qemu", packages("vm", "process", "error")),
          Map.entry(
              "guest",
              packages(
                  "vm",
                  "process",
                  "error",
                  "org.apache.sshd..",
                  "org.bouncycastle..",
                  "org.apache.commons.compress..")),
          Map.entry("bootstrap", packages("run", "vm", "guest", "event", "process", "error")),
          Map.entry("steplog", packages("run", "vm", "event", "process", "error", JACKSON)),
          Map.entry(
              "report",
              packages("vm", "event", "process", "error", "org.apache.commons.compress..")),
          Map.entry(
              "store",
              packages(
                  "error",
                  "vm",
                  "run",
                  "process",
                  "project",
                  "event",
                  "image",
                  "bootstrap",
                  "org.jooq..",
                  "org.h2..",
                  "org.flywaydb..",
                  "com.zaxxer.hikari..")),
          Map.entry(
              "operation",
              packages(
                  "error",
                  "vm",
                  "run",
                  "process",
                  "project",
                  "event",
                  "image",
                  "qemu",
                  "guest",
                  "bootstrap",
                  "steplog",
                  "report",
                  "store")),
          Map.entry("render", packages("event", "run", "vm", "operation", "error")),
          Map.entry("cli", packages("dev.castra..", "picocli..", "org.jline..", "sun.misc..")));

  private static String[] packages(String... names) {
    return Arrays.stream(names)
        .map(name -> name.endsWith("..") ? name : "dev.castra." + name + "..")
        .toArray(String[]::new);
  }

  @Test
  void everyPackageImportsOnlyWhatTheTableAllows() {
    MAY_IMPORT.forEach(
        (name, allowed) ->
            classes()
                .that()
                .resideInAPackage("dev.castra." + name + "..")
                .should()
                .onlyDependOnClassesThat(
                    resideInAnyPackage(
                        Stream.concat(
                                Stream.of(
                                    "dev.castra." + name + "..",
                                    "java..",
                                    "javax.crypto..",
                                    "javax.sql..",
                                    "com.sun.security.auth.module..",
                                    "com.sun.management..",
                                    "org.jspecify.."),
                                Arrays.stream(allowed))
                            .toArray(String[]::new)))
                .check(CASTRA));
  }

  @Test
  void theTableNamesEveryPackage() {
    Set<String> present =
        CASTRA.stream()
            .map(type -> type.getPackageName().split("\\.", -1)[2])
            .collect(Collectors.toSet());

    assertThat(present).isEqualTo(MAY_IMPORT.keySet());
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.castra.(*)..").should().beFreeOfCycles().check(CASTRA);
  }

  @Test
  void eachLibraryHasOneHome() {
    onlyIn(
        "store", "org.jooq..", "org.h2..", "org.flywaydb..", "com.zaxxer.hikari..", "java.sql..");
    onlyIn("cli", "picocli..");
    onlyIn("cli", "org.jline..");
    onlyIn("guest", "org.apache.sshd..", "org.bouncycastle..");
    onlyIn("guest|report", "org.apache.commons.compress..");
    onlyIn("project", "org.tomlj..");
  }

  /**
   * @param homes names with bars between them
   */
  private static void onlyIn(String homes, String... library) {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            Arrays.stream(homes.split("\\|", -1))
                .map(home -> "dev.castra." + home + "..")
                .toArray(String[]::new))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(library)
        .check(CASTRA);
    assertThat(CASTRA)
        .as("%s are used at all", String.join(", ", library))
        .anyMatch(
            type ->
                type.getDirectDependenciesFromSelf().stream()
                    .anyMatch(use -> resideInAnyPackage(library).test(use.getTargetClass())));
  }

  @Test
  void onlyRenderAndCliPrint() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.castra.render..", "dev.castra.cli..")
        .should(ACCESS_STANDARD_STREAMS)
        .check(CASTRA);
  }

  @Test
  void onlyTheTickerSleeps() {
    noClasses()
        .that(
            describe(
                "are not the ticker",
                type -> !type.getName().startsWith("dev.castra.process.Ticker")))
        .should()
        .callMethodWhere(describe("it sleeps", ArchitectureTest::sleeps))
        .check(CASTRA);
    assertThat(CASTRA.get("dev.castra.process.Ticker$1").getMethodCallsFromSelf())
        .anyMatch(ArchitectureTest::sleeps);
  }

  private static boolean sleeps(JavaCall<?> call) {
    String owner = call.getTargetOwner().getName();
    return (call.getName().equals("sleep")
            && (owner.equals("java.lang.Thread") || owner.equals("java.util.concurrent.TimeUnit")))
        || owner.equals("java.util.concurrent.locks.LockSupport");
  }

  /** A test that cannot run is to fail: whoever skips it believes that it passed. */
  @Test
  void noTestIsSkippedOrReplacesRealParts() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("org.junit.jupiter.api.condition..", "org.mockito..")
                .or(
                    describe(
                        "skip tests",
                        type ->
                            Set.of("Assumptions", "Disabled", "TestAbortedException")
                                .contains(type.getSimpleName()))))
        .check(
            new ClassFileImporter()
                .withImportOption(new ImportOption.OnlyIncludeTests())
                .importPackages("dev.castra"));
  }
}
