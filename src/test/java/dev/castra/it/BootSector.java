package dev.castra.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A raw image of 1 MiB that a BIOS boots into silence: it stops the processor, at no cost. */
final class BootSector {
  private static final int[] CLI_HLT_AGAIN = {0xFA, 0xF4, 0xEB, 0xFC};

  private BootSector() {}

  static Path write(Path file) throws IOException {
    byte[] image = new byte[1 << 20];
    for (int i = 0; i < CLI_HLT_AGAIN.length; i++) {
      image[i] = (byte) CLI_HLT_AGAIN[i];
    }
    image[510] = 0x55;
    image[511] = (byte) 0xAA;
    return Files.write(file, image);
  }
}
