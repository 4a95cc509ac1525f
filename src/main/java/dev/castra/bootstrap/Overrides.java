package dev.castra.bootstrap;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.vm.BootstrapMode;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Modes given with {@code --bootstrap}: for all VMs, for a role or for one VM. Precedence: VM, then
 * role, then global, then castra.toml.
 */
public final class Overrides {
  private static final String GLOBAL = "";

  private final Map<String, Set<BootstrapMode>> modesByTarget = new LinkedHashMap<>();

  private Overrides() {}

  /**
   * Reads the values of every {@code --bootstrap}: {@code MODE}, {@code NAME=MODE} or {@code
   * NAME:MODE}, comma-separated.
   *
   * @throws CastraException with {@code USAGE}, naming all of them, if a value is empty or its mode
   *     is unknown
   */
  public static Overrides parse(List<String> values) {
    Overrides overrides = new Overrides();
    List<CastraException> problems = new ArrayList<>();
    for (String value : values) {
      for (String item : value.split(",", -1)) {
        try {
          overrides.add(item.strip());
        } catch (CastraException problem) {
          problems.add(problem);
        }
      }
    }
    refuse(problems);
    return overrides;
  }

  private static void refuse(List<CastraException> problems) {
    if (problems.size() == 1) {
      throw problems.get(0);
    }
    if (!problems.isEmpty()) {
      throw new CastraException(
          ErrorCode.USAGE,
          "The `--bootstrap` options have "
              + problems.size()
              + " mistakes:\n  "
              + lines(problems.stream().map(CastraException::getMessage)),
          lines(problems.stream().map(CastraException::hint)));
    }
  }

  private static String lines(Stream<String> texts) {
    return texts.distinct().collect(Collectors.joining("\n  "));
  }

  private void add(String item) {
    int split = item.indexOf('=') >= 0 ? item.indexOf('=') : item.indexOf(':');
    String target = split < 0 ? GLOBAL : item.substring(0, split).strip();
    String mode = item.substring(split + 1).strip();
    if (split >= 0 && target.isEmpty()) {
      throw incomplete(item, "VM");
    }
    if (mode.isEmpty()) {
      throw incomplete(item, "mode");
    }
    BootstrapMode parsed = BootstrapMode.parse(mode).orElseThrow(() -> unknown(mode, item));
    modesByTarget.computeIfAbsent(target, key -> new LinkedHashSet<>()).add(parsed);
  }

  private static CastraException unknown(String mode, String item) {
    return new CastraException(
        ErrorCode.USAGE,
        "`" + mode + "` in `--bootstrap " + item + "` is not a bootstrap mode.",
        "Use one of " + String.join(", ", BootstrapMode.NAMES) + ".");
  }

  private static CastraException incomplete(String item, String missing) {
    return new CastraException(
        ErrorCode.USAGE,
        "`--bootstrap " + item + "` names no " + missing + ".",
        "Write `--bootstrap VM=MODE`, or `--bootstrap MODE` for all VMs.");
  }

  /**
   * Everything that makes these overrides unusable; empty if they are fine.
   *
   * @param vms all of the project
   * @param selected those that the command is about; a mode for any other would be silently ignored
   */
  public List<String> problems(List<VmSpec> vms, List<VmSpec> selected) {
    List<String> problems = new ArrayList<>();
    Set<String> names = names(vms);
    Set<String> meant = names(selected);
    modesByTarget.forEach(
        (target, modes) -> {
          if (!target.equals(GLOBAL) && !names.contains(target)) {
            problems.add(
                "`--bootstrap` names `"
                    + target
                    + "`, but there are only: "
                    + String.join(", ", names)
                    + ".");
          } else if (!target.equals(GLOBAL) && !meant.contains(target)) {
            problems.add(
                "`--bootstrap` gives `"
                    + target
                    + "` a mode, but the command is only about: "
                    + String.join(", ", meant)
                    + ".");
          }
          if (modes.size() > 1) {
            String who = target.equals(GLOBAL) ? "all VMs" : "`" + target + "`";
            problems.add("`--bootstrap` gives " + who + " conflicting modes: " + ids(modes) + ".");
          }
        });
    return problems;
  }

  private static Set<String> names(List<VmSpec> vms) {
    Set<String> names = new LinkedHashSet<>();
    vms.forEach(vm -> names.add(vm.name().value()));
    vms.forEach(vm -> names.add(vm.role().value()));
    return names;
  }

  /** The mode that holds for {@code vm}; call only when {@link #problems} is empty. */
  public BootstrapMode modeFor(VmSpec vm) {
    return given(vm.name())
        .or(() -> given(vm.role()))
        .or(() -> given(GLOBAL))
        .orElse(vm.bootstrap().mode());
  }

  private Optional<BootstrapMode> given(VmName name) {
    return given(name.value());
  }

  private Optional<BootstrapMode> given(String target) {
    return Optional.ofNullable(modesByTarget.get(target))
        .flatMap(modes -> modes.stream().findFirst());
  }

  private static String ids(Set<BootstrapMode> modes) {
    return modes.stream().map(mode -> "`" + mode.id() + "`").collect(Collectors.joining(" and "));
  }
}
