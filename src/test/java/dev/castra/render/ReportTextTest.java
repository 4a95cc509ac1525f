package dev.castra.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.Json;
import dev.castra.operation.RunReport;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReportTextTest {
  private static final String REASON = "the machine is not Castra's";

  private static RunReport report(List<String> removed) {
    return new RunReport(
        new RunId(12),
        new VmName("web"),
        RunStatus.FAILED,
        Path.of("/shop/.castra/reports/web-run-12.tar.gz"),
        4711,
        List.of(new RunReport.Part("castra.toml", 321), new RunReport.Part("run.log", 0)),
        List.of(
            new RunReport.LeftOut("serial.log", REASON), new RunReport.LeftOut("qemu.log", REASON)),
        removed);
  }

  @Test
  void peopleReadWhereItIsAndWhatItHolds() {
    assertThat(ReportText.render(report(List.of("KEY", "TOKEN"))))
        .isEqualTo(
            """
            Run         12 of VM web (failed)
            Report      /shop/.castra/reports/web-run-12.tar.gz
            Holds       castra.toml, run.log
            Not in it   serial.log: the machine is not Castra's
                        qemu.log: the machine is not Castra's
            Removed     values of env KEY, TOKEN
                        Look through it before you hand it to others.
            """);
  }

  @Test
  void withoutEnvEntriesNothingHadToBeRemoved() {
    assertThat(ReportText.render(report(List.of())))
        .contains("Removed     nothing: castra.toml has no env entries\n");
  }

  @Test
  void scriptsReadItsGolden() throws IOException {
    assertThat(Json.pretty(report(List.of("KEY", "TOKEN")).fields()) + "\n")
        .isEqualTo(Files.readString(Path.of("src/test/resources/golden/report.json")));
  }
}
