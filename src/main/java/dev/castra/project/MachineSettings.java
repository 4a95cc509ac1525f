package dev.castra.project;

import dev.castra.vm.Accelerator;
import dev.castra.vm.DiskPolicy;
import java.util.Optional;

/** The keys that {@code [defaults]} and {@code [[vms]]} share; absent ones are inherited. */
record MachineSettings(
    Optional<String> baseImage,
    Optional<Integer> cpus,
    Optional<Integer> memoryMib,
    Optional<DiskPolicy> disk,
    Optional<Accelerator> accel) {
  static final String BASE_IMAGE = "tiny";
  static final int CPUS = 1;
  static final int MEMORY_MIB = 512;

  private static final int MAX_CPUS = 256;

  static MachineSettings read(TableReader table) {
    return new MachineSettings(
        table.text("base_image"),
        table.integer("cpus", 1, MAX_CPUS),
        table.parsed("memory", MemorySize.EXPECTED, MemorySize::parseMib, MemorySize.RULE),
        table.choice("disk", DiskPolicy.values(), DiskPolicy::id),
        table.choice("accel", Accelerator.values(), Accelerator::id));
  }

  /** These settings, completed from {@code defaults}. */
  MachineSettings or(MachineSettings defaults) {
    return new MachineSettings(
        baseImage.or(defaults::baseImage),
        cpus.or(defaults::cpus),
        memoryMib.or(defaults::memoryMib),
        disk.or(defaults::disk),
        accel.or(defaults::accel));
  }
}
