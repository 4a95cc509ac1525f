package dev.castra.torture;

import dev.castra.it.CastraProject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What a project's VMs are bootstrapped with; every version of a payload has a number. */
final class Inputs {
  private final CastraProject project;
  private final List<String> vms;
  private final Map<String, Integer> serials = new LinkedHashMap<>();
  private final Map<String, Integer> tokens = new LinkedHashMap<>();
  private int newest;

  Inputs(CastraProject project, List<String> vms) {
    this.project = project;
    this.vms = vms;
    for (String vm : vms) {
      tokens.put(vm, 1);
      project.file("bootstrap/" + vm + "/run.sh", Script.TEXT);
      write(vm, ++newest);
    }
  }

  /** A new payload, or one that was there before. */
  synchronized String changePayload(Random random) {
    String vm = vms.get(random.nextInt(vms.size()));
    boolean back = random.nextInt(3) == 0 && newest > vms.size();
    int serial = back ? 1 + random.nextInt(newest) : ++newest;
    write(vm, serial);
    return "payload of " + vm + " " + serial;
  }

  private synchronized void write(String vm, int serial) {
    serials.put(vm, serial);
    Path folder = project.directory().resolve("bootstrap").resolve(vm);
    try {
      // A castra may be reading: it finds the old number or the new one.
      Files.createDirectories(folder.resolve("payload"));
      Path next = Files.writeString(folder.resolve("serial.next"), serial + "\n");
      Files.move(next, folder.resolve("payload/serial"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes effect once castra.toml is written. */
  String changeEnv(Random random) {
    String vm = vms.get(random.nextInt(vms.size()));
    int token = 1 + random.nextInt(4);
    tokens.put(vm, token);
    return "env of " + vm + " " + token;
  }

  String env(String vm, String machineFolder) {
    return "env = { TOKEN = \"%d\", %s = \"%s\" }"
        .formatted(tokens.get(vm), Script.MACHINE, machineFolder);
  }
}
