package dev.castra.bootstrap;

import dev.castra.vm.Sha256;
import java.util.Locale;

/**
 * One hashed part of an artifact.
 *
 * @param name printable name, unique within its kind
 * @param mode permission bits; 0 where there are none
 * @param sizeBytes length of the content; 0 for env entries, whose length is nobody's business
 * @param sha256 hash of the content, of a link's target or of a setting's value; for env entries a
 *     keyed hash (HMAC-SHA-256), since their values are secrets
 */
public record ManifestEntry(Kind kind, String name, int mode, long sizeBytes, Sha256 sha256) {
  /** What an entry is; the id is stored in the database. */
  public enum Kind {
    SCRIPT,
    FILE,
    DIRECTORY,
    SYMLINK,
    ENV,
    SETTING;

    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static Kind of(String id) {
      return valueOf(id.toUpperCase(Locale.ROOT));
    }
  }

  /** True if it has permission bits. */
  public boolean hasMode() {
    return switch (kind) {
      case SCRIPT, FILE, DIRECTORY -> true;
      case SYMLINK, ENV, SETTING -> false;
    };
  }

  /** True if its length and hash may be told: values of env entries are secrets. */
  public boolean hasTellableContent() {
    return kind != Kind.ENV && kind != Kind.DIRECTORY;
  }

  /** For messages, such as "`payload/app.env`" or "env `TOKEN`". */
  String label() {
    return switch (kind) {
      case SCRIPT -> "script";
      case ENV -> "env `" + name + "`";
      case SETTING -> "`" + name + "`";
      default -> "`payload/" + name + "`";
    };
  }
}
