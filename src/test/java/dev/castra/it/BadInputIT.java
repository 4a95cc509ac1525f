package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What castra refuses before it has touched anything; no VM boots here. */
final class BadInputIT {
  private static final String WEB =
      """
      [[vms]]
      name = "web"
      base_image = "boot.img"
      """;

  private final CastraProject project;

  BadInputIT() throws IOException {
    project = CastraProject.create();
  }

  @BeforeEach
  void makeAnImageThatPasses() throws IOException {
    BootSector.write(project.directory().resolve("boot.img"));
  }

  @AfterEach
  void close() throws IOException, InterruptedException {
    project.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"up", "down", "status"})
  void aMissingConfigIsNamedWithThePlaceThatWasSearched(String command)
      throws InterruptedException {
    refused(66, command).says("castra.toml", project.directory().toString()).advises("--config");
  }

  @ParameterizedTest
  @ValueSource(strings = {"up", "down", "status"})
  void everyMistakeInTheConfigIsToldAtOnceWithItsPlace(String command) throws InterruptedException {
    project.file(
        "castra.toml", "[[vms]]\nname = \"Web\"\ncpus = \"two\"\ncolour = \"red\"\n[shape]\n");

    refused(65, command)
        .says("4 mistakes", "castra.toml:2:1: `name`", "castra.toml:3:1: `cpus`")
        .says("castra.toml:4:1: `colour`", "castra.toml:5:1: `shape`")
        .advises(project.directory().resolve("castra.toml").toString());
  }

  @ParameterizedTest
  @CsvSource({
    "missing.qcow2, does not exist",
    "castra.toml, is not a disk image",
    "bootstrap, is not a file",
    "empty.img, is empty"
  })
  void whatIsNoBaseImageIsRefused(String image, String why) throws InterruptedException {
    project.file("bootstrap/notes.txt", "").file("empty.img", "");
    // Longer than a sector: short text would be refused for its size alone.
    project.config("#".repeat(600) + "\n[[vms]]\nname = \"web\"\nbase_image = \"" + image + "\"\n");

    refused(70, "up").says(project.directory().resolve(image).toString(), why);
  }

  @Test
  void aVmsOwnDiskIsNoBaseImage() throws InterruptedException, IOException {
    project.config("[[vms]]\nname = \"web\"\nbase_image = \".castra/vms/web/disk.img\"\n");
    Rehearsed.fill(project);
    Path folder = Files.createDirectories(project.stateRoot().resolve("vms/web"));
    Path disk = BootSector.write(folder.resolve("disk.img"));
    Map<Path, String> before = projectFiles();

    Complaint.of(project.run("up"), 70).says(disk.toString(), "VM's own disk").advises("Copy it");

    assertThat(projectFiles()).isEqualTo(before);
  }

  @Test
  void anOverlayIsNoBaseImage() throws InterruptedException {
    Host.run(
        project.directory(),
        "qemu-img",
        "create",
        "-q",
        "-f",
        "qcow2",
        "-b",
        "boot.img",
        "-F",
        "raw",
        "top.qcow2");
    project.config("[[vms]]\nname = \"web\"\nbase_image = \"top.qcow2\"\n");

    refused(70, "up").says("top.qcow2", "overlay", "boot.img").advises("qemu-img convert");
  }

  @ParameterizedTest
  @CsvSource({"qemu-img, qemu-system-x86_64", "qemu-system-x86_64, qemu-img"})
  void aMissingProgramIsNamedWithTheWayToInstallIt(String missing, String present)
      throws InterruptedException, IOException {
    Path programs = Files.createDirectory(project.directory().resolve("programs"));
    Files.createSymbolicLink(programs.resolve(present), onThePath(present));
    project.config(WEB).variable("PATH", programs.toString());

    refused(69, "up").says("`" + missing + "` is not on the PATH").advises("apt-get install");
  }

  @Test
  void aHostPortThatIsTakenIsNamedWithItsVm() throws InterruptedException, IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = taken.getLocalPort();
      project.config(WEB + "[[vms.port_forwards]]\nhost = " + port + "\nguest = 80\n");

      refused(70, "up").says("127.0.0.1:" + port, "`web`").advises("`host`");
    }
  }

  @Test
  void aStateRootThatIsAFileIsNeitherUsedNorRemoved() throws InterruptedException {
    project.config(WEB).file(".castra", "mine");

    Complaint.of(project.run("up"), 73).says(project.stateRoot().toString()).advises("state_dir");

    assertThat(project.stateRoot()).hasContent("mine");
  }

  @Test
  void aPayloadWithALinkThatLeadsOutsideIsRefused() throws InterruptedException, IOException {
    Path payload = payload();
    Files.createSymbolicLink(payload.resolve("leak"), Path.of("/etc/shadow"));

    refused(70, "up").says(payload.toString(), "`leak`", "outside").advises("Remove");
  }

  @Test
  void aPayloadWithAFifoIsRefusedAndNotRead() throws InterruptedException {
    Path payload = payload();
    Host.run(payload, "mkfifo", "pipe");

    refused(70, "up").says(payload.toString(), "`pipe`", "FIFO").advises("Remove");
  }

  @Test
  void aPayloadWithASocketIsRefused() throws InterruptedException, IOException {
    Path payload = payload();
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(payload.resolve("door")));

      refused(70, "up").says(payload.toString(), "`door`", "socket").advises("Remove");
    }
  }

  @Test
  void conflictingModesAreBothNamed() throws InterruptedException {
    project.config(WEB).script("web", "true");

    refused(70, "up", "--bootstrap", "web=always,web:skip")
        .says("`web`", "conflicting", "`always`", "`disabled`")
        .advises("--bootstrap");
  }

  @Test
  void anUnknownVmInAnOverrideIsToldTheNamesThatExist() throws InterruptedException {
    project.config(WEB.replace("\"web\"", "\"web\"\ncount = 2")).script("web", "true");

    refused(70, "up", "--bootstrap", "db=always").says("`db`", "web-0, web-1, web");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sometimes", "web=sometimes", "web=", "=auto", ""})
  void anUnknownModeIsAMistakeInUsage(String value) throws InterruptedException {
    project.config(WEB).script("web", "true");

    refused(64, "up", "--bootstrap", value).says("--bootstrap " + value);
  }

  @Test
  void anUnknownOptionIsAMistakeInUsage() throws InterruptedException {
    refused(64, "up", "--boostrap", "auto").says("--boostrap").advises("--help");
  }

  @Test
  void alwaysWithoutAScriptIsRefused() throws InterruptedException {
    project.config(WEB);

    refused(70, "up", "--bootstrap", "always")
        .says("`web`", "`always`", "no bootstrap script")
        .advises("bootstrap/web/run.sh");
  }

  @Test
  void downOfAnUnknownVmIsToldTheNamesThatExist() throws InterruptedException {
    project.config(WEB);

    refused(66, "down", "db").says("`db`").advises("web");
  }

  @Test
  void everyProblemOfPreflightIsToldAtOnce() throws InterruptedException {
    project.config(
        "[[vms]]\nname = \"one\"\nbase_image = \"gone.img\"\n"
            + WEB
            + bootstrap("script = \"gone.sh\""));

    refused(70, "up", "--bootstrap", "db=auto")
        .says("3 problems", "gone.img", "gone.sh", "`db`")
        .advises("Nothing was touched");
  }

  private static String bootstrap(String line) {
    return "[vms.bootstrap]\n" + line + "\n";
  }

  private Path payload() {
    project.config(WEB).script("web", "true").file("bootstrap/web/payload/fine.txt", "fine");
    return project.directory().resolve("bootstrap/web/payload");
  }

  /** Runs castra, which must refuse and leave the project as it was. */
  private Complaint refused(int exitCode, String... arguments) throws InterruptedException {
    Map<Path, String> before = projectFiles();
    Complaint complaint = Complaint.of(project.run(arguments), exitCode);
    assertThat(project.stateRoot()).doesNotExist();
    assertThat(projectFiles()).isEqualTo(before);
    return complaint;
  }

  private Map<Path, String> projectFiles() {
    try {
      return FileTree.of(project.directory(), project.directory().resolve("nothing"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Path onThePath(String program) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }
}
