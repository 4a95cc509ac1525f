package dev.castra.torture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A few random rounds with a real QEMU, which is killed too. */
@Timeout(600)
final class TortureVmIT {
  @Test
  void nothingIsBrokenByMachinesAndProcessesThatAreKilled() throws Exception {
    TortureIT.isWithstood(new TortureOptions(0, 2, 1, 5, false));
  }
}
