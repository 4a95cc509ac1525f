package dev.castra.render;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * What a terminal may be given of bytes that a guest printed: UTF-8 with line breaks and tabs;
 * other control characters made visible, and what is not UTF-8 replaced. Not thread-safe.
 */
final class VisibleOutput extends OutputStream {
  private final OutputStream out;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final ByteBuffer bytes = ByteBuffer.allocate(8_192);
  private final CharBuffer chars = CharBuffer.allocate(8_192);
  private boolean carriageReturn;

  VisibleOutput(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int b) throws IOException {
    if (!bytes.hasRemaining()) {
      passOn(false);
    }
    bytes.put((byte) b);
  }

  private void passOn(boolean end) throws IOException {
    bytes.flip();
    decoder.decode(bytes, chars, end);
    bytes.compact();
    if (end) {
      decoder.flush(chars);
    }
    chars.flip();
    StringBuilder visible = new StringBuilder();
    while (chars.hasRemaining()) {
      append(visible, chars.get());
    }
    chars.clear();
    out.write(visible.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** A serial console ends its lines with both. */
  private void append(StringBuilder visible, char next) {
    if (carriageReturn && next != '\n') {
      visible.append(Visible.text("\r"));
    }
    carriageReturn = next == '\r';
    if (!carriageReturn) {
      visible.append(next == '\t' ? "\t" : Visible.text(String.valueOf(next)));
    }
  }

  @Override
  public void flush() throws IOException {
    passOn(false);
    out.flush();
  }

  @Override
  public void close() throws IOException {
    passOn(true);
    out.close();
  }
}
