package dev.castra.store;

import dev.castra.event.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes the rows of one table as CSV (RFC 4180) and as JSON lines, both at once. */
final class TableFiles implements TableScan.RowTaker, AutoCloseable {
  static final String CSV = ".csv";
  static final String JSON_LINES = ".jsonl";

  private final DatabaseTable table;
  private final Written csv;
  private final Written json;

  private TableFiles(DatabaseTable table, Written csv, Written json) {
    this.table = table;
    this.csv = csv;
    this.json = json;
  }

  static TableFiles in(Path folder, DatabaseTable table) throws IOException {
    Written csv = Written.to(folder.resolve(table.fileName() + CSV));
    try {
      TableFiles files =
          new TableFiles(table, csv, Written.to(folder.resolve(table.fileName() + JSON_LINES)));
      csv.line(
          table.columns().stream()
                  .map(column -> column.name().toLowerCase(java.util.Locale.ROOT))
                  .collect(Collectors.joining(","))
              + "\r\n");
      return files;
    } catch (IOException e) {
      csv.close();
      throw e;
    }
  }

  @Override
  public void take(List<@Nullable Object> values) throws IOException {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      fields.put(table.columns().get(i).name().toLowerCase(java.util.Locale.ROOT), values.get(i));
      line.append(i == 0 ? "" : ",").append(cell(values.get(i)));
    }
    csv.line(line.append("\r\n").toString());
    json.line(Json.compact(fields) + "\n");
  }

  /** NULL is nothing, an empty text is {@code ""}. */
  private static String cell(@Nullable Object value) {
    if (value == null) {
      return "";
    }
    String text = value.toString();
    boolean plain =
        !text.isEmpty()
            && text.chars().noneMatch(c -> c == '"' || c == ',' || c == '\r' || c == '\n');
    return plain ? text : "\"" + text.replace("\"", "\"\"") + "\"";
  }

  /** SHA-256 by file name; complete once this is closed. */
  Map<String, String> hashes() {
    Map<String, String> hashes = new LinkedHashMap<>();
    hashes.put(table.fileName() + CSV, csv.sha256());
    hashes.put(table.fileName() + JSON_LINES, json.sha256());
    return hashes;
  }

  /** On disk when this returns. */
  @Override
  public void close() throws IOException {
    try {
      csv.close();
    } finally {
      json.close();
    }
  }

  /** A new file of mode 0600 and the hash of what was written to it. */
  private record Written(FileChannel channel, MessageDigest digest, OutputStream out) {
    static Written to(Path file) throws IOException {
      FileChannel channel =
          FileChannel.open(
              file,
              Set.copyOf(EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      MessageDigest digest = newDigest();
      OutputStream out =
          new BufferedOutputStream(
              new DigestOutputStream(Channels.newOutputStream(channel), digest), 1 << 16);
      return new Written(channel, digest, out);
    }

    void line(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    String sha256() {
      return HexFormat.of().formatHex(digest.digest());
    }

    void close() throws IOException {
      try (channel) {
        out.flush();
        channel.force(true);
      }
    }
  }

  static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
