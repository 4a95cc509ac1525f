package dev.castra.qemu;

import dev.castra.process.ProcessIdentity;
import dev.castra.vm.BootId;
import dev.castra.vm.ForwardedPort;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which process has a host port, as far as proc(5) tells: processes of other users are hidden. */
final class PortHolder {
  private static final Path PROC = Path.of("/proc");
  private static final String LISTENING = "0A";
  private static final int STATE = 3;
  private static final int INODE = 9;

  /** See {@link QemuCommandLine}: a comma in the project's name is doubled. */
  private static final Pattern VM_OF_CASTRA =
      Pattern.compile("-name guest=castra:(.+)/([a-z0-9-]+) -uuid ");

  private PortHolder() {}

  /**
   * Such as "VM `web` of project `shop` (pid 17)" or "process 17 (`nginx`)"; empty if that cannot
   * be known. Reads a few small files of every process of the user's.
   */
  static Optional<String> describe(String address, int port, ForwardedPort.Protocol protocol) {
    return pid(address, port, protocol).map(PortHolder::describe);
  }

  static boolean is(BootId boot, String address, int port, ForwardedPort.Protocol protocol) {
    return pid(address, port, protocol)
        .map(ProcessIdentity::commandLine)
        .filter(command -> command.contains(QemuCommandLine.marker(boot)))
        .isPresent();
  }

  private static Optional<Long> pid(String address, int port, ForwardedPort.Protocol protocol) {
    try {
      Set<String> sockets = sockets(address, port, protocol);
      return sockets.isEmpty() ? Optional.empty() : owner(sockets);
    } catch (IOException notLinux) {
      return Optional.empty();
    }
  }

  /** True if any process has it, whoever's; false where that cannot be known. */
  static boolean isTaken(String address, int port, ForwardedPort.Protocol protocol) {
    try {
      return !sockets(address, port, protocol).isEmpty();
    } catch (IOException notLinux) {
      return false;
    }
  }

  /** As the links of file descriptors name them. */
  private static Set<String> sockets(String address, int port, ForwardedPort.Protocol protocol)
      throws IOException {
    boolean udp = protocol == ForwardedPort.Protocol.UDP;
    String wanted = hex(address);
    String suffix = ":%04X".formatted(port);
    Set<String> sockets = new HashSet<>();
    for (String table : udp ? List.of("udp", "udp6") : List.of("tcp", "tcp6")) {
      Path file = PROC.resolve("self/net").resolve(table);
      if (!Files.exists(file)) {
        continue;
      }
      for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
        String[] fields = line.strip().split("\\s+");
        if (fields.length > INODE
            && fields[1].endsWith(suffix)
            && isInTheWay(fields[1].substring(0, fields[1].indexOf(':')), wanted)
            && (udp || fields[STATE].equals(LISTENING))) {
          sockets.add("socket:[" + fields[INODE] + "]");
        }
      }
    }
    return sockets;
  }

  /** As /proc/net/tcp has an IPv4 address: its bytes from the last to the first. */
  private static String hex(String address) throws IOException {
    byte[] bytes = InetAddress.getByName(address).getAddress();
    StringBuilder hex = new StringBuilder();
    for (int i = bytes.length - 1; i >= 0; i--) {
      hex.append("%02X".formatted(bytes[i]));
    }
    return hex.toString();
  }

  /** An IPv4 address ends its IPv6 form too. */
  private static boolean isInTheWay(String local, String wanted) {
    return local.matches("0+") || wanted.matches("0+") || local.endsWith(wanted);
  }

  private static Optional<Long> owner(Set<String> sockets) throws IOException {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (hasAny(process, sockets)) {
          return Optional.of(Long.valueOf(process.getFileName().toString()));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean hasAny(Path process, Set<String> sockets) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : files) {
        if (sockets.contains(target(file))) {
          return true;
        }
      }
      return false;
    } catch (IOException | java.nio.file.DirectoryIteratorException hiddenOrGone) {
      return false;
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }

  private static String describe(long pid) {
    Matcher vm = VM_OF_CASTRA.matcher(ProcessIdentity.commandLine(pid));
    if (vm.find()) {
      String project = vm.group(1).replace(",,", ",");
      return "VM `" + vm.group(2) + "` of project `" + project + "` (pid " + pid + ")";
    }
    return "process " + pid + " (`" + name(pid) + "`)";
  }

  private static String name(long pid) {
    try {
      return Files.readString(PROC.resolve(pid + "/comm"), StandardCharsets.ISO_8859_1).strip();
    } catch (IOException gone) {
      return "?";
    }
  }
}
