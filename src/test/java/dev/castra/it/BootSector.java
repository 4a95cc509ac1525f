package dev.castra.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Raw images of 1 MiB that a BIOS boots and that then stop the processor, at no cost. */
final class BootSector {
  private static final int[] CLI_HLT_AGAIN = {0xFA, 0xF4, 0xEB, 0xFC};

  /** Sends the bytes behind itself, up to a zero, to the first serial port. */
  private static final int[] PRINT = {
    0x31,
    0xC0, // xor ax, ax
    0x8E,
    0xD8, // mov ds, ax
    0xBE,
    0x00,
    0x7C, // mov si, 0x7c00 + where the text begins, filled in below
    0xFC, // cld
    0xAC, // next: lodsb
    0x84,
    0xC0, // test al, al
    0x74,
    0x12, // jz behind this
    0x88,
    0xC4, // mov ah, al
    0xBA,
    0xFD,
    0x03, // mov dx, 0x3fd
    0xEC, // busy: in al, dx
    0xA8,
    0x20, // test al, 0x20
    0x74,
    0xFB, // jz busy
    0xBA,
    0xF8,
    0x03, // mov dx, 0x3f8
    0x88,
    0xE0, // mov al, ah
    0xEE, // out dx, al
    0xEB,
    0xE9 // jmp next
  };

  /** Where in {@link #PRINT} the low byte of the text's address is. */
  private static final int TEXT_ADDRESS = 5;

  private BootSector() {}

  /** Silent. */
  static Path write(Path file) throws IOException {
    return write(file, CLI_HLT_AGAIN, "");
  }

  /**
   * Shows a text on the serial console first.
   *
   * @param text ASCII, at most 400 characters
   */
  static Path printing(Path file, String text) throws IOException {
    int[] code = new int[PRINT.length + CLI_HLT_AGAIN.length];
    System.arraycopy(PRINT, 0, code, 0, PRINT.length);
    System.arraycopy(CLI_HLT_AGAIN, 0, code, PRINT.length, CLI_HLT_AGAIN.length);
    code[TEXT_ADDRESS] = code.length;
    return write(file, code, text);
  }

  private static Path write(Path file, int[] code, String text) throws IOException {
    byte[] image = new byte[1 << 20];
    for (int i = 0; i < code.length; i++) {
      image[i] = (byte) code[i];
    }
    byte[] shown = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(shown, 0, image, code.length, shown.length);
    image[510] = 0x55;
    image[511] = (byte) 0xAA;
    return Files.write(file, image);
  }
}
