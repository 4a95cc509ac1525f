import java.nio.file.Path;
import org.flywaydb.core.Flyway;

/**
 * Migrates the database that jOOQ's code generator reads. Run by the build as a source file, because
 * the Flyway Maven plugin of the version that Castra ships cannot be resolved from Maven Central.
 */
class CodegenSchema {
  public static void main(String[] arguments) {
    if (arguments.length != 4) {
      throw new IllegalArgumentException("Usage: CodegenSchema URL USER PASSWORD MIGRATIONS");
    }
    Flyway flyway =
        Flyway.configure()
            .dataSource(arguments[0], arguments[1], arguments[2])
            .locations("filesystem:" + Path.of(arguments[3]).toAbsolutePath())
            .failOnMissingLocations(true)
            .cleanDisabled(false)
            .load();
    flyway.clean();
    flyway.migrate();
  }
}
