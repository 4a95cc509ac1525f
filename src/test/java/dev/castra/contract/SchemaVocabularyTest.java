package dev.castra.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.castra.bootstrap.ManifestEntry;
import dev.castra.error.ErrorCode;
import dev.castra.guest.FailureClass;
import dev.castra.operation.StampState;
import dev.castra.qemu.SerialSign;
import dev.castra.run.OutcomeStatus;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepStatus;
import dev.castra.run.Trigger;
import dev.castra.vm.BootstrapMode;
import dev.castra.vm.Driver;
import dev.castra.vm.VmState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The schemas know every word that castra can say, and no other. */
final class SchemaVocabularyTest {
  private static final String COMMON_STEP = "/$defs/step";
  private static final String LOG = "/properties/";

  /**
   * Words as castra says them and where a schema lists them.
   *
   * @param pointer JSON pointer of the list's parent
   */
  record Vocabulary(List<String> said, String schema, String pointer) {
    @Override
    public String toString() {
      return schema + "#" + pointer;
    }
  }

  static Stream<Vocabulary> vocabularies() {
    String vm = "/properties/vms/items/properties/";
    return Stream.of(
        new Vocabulary(words(StepKind.values(), StepKind::id), "common", COMMON_STEP),
        new Vocabulary(words(StepKind.values(), StepKind::id), "common", COMMON_STEP + "_or_null"),
        new Vocabulary(
            words(StepStatus.values(), StepStatus::id), "common", COMMON_STEP + "_status"),
        new Vocabulary(words(Trigger.values(), Trigger::id), "common", "/$defs/trigger"),
        new Vocabulary(words(RunStatus.values(), RunStatus::id), "common", "/$defs/run_status"),
        new Vocabulary(words(BootstrapMode.values(), BootstrapMode::id), "common", "/$defs/mode"),
        new Vocabulary(
            words(FailureClass.values(), FailureClass::id), Schemas.RUN_LOG, LOG + "failure_class"),
        new Vocabulary(
            words(SerialSign.values(), SerialSign::id), Schemas.RUN_LOG, LOG + "serial_finding"),
        new Vocabulary(
            words(ErrorCode.values(), ErrorCode::id), Schemas.RUN_LOG, LOG + "error_code"),
        new Vocabulary(finalStatuses(), Schemas.RUN_LOG, LOG + "status"),
        new Vocabulary(words(VmState.values(), VmState::id), Schemas.STATUS, vm + "state"),
        new Vocabulary(words(Driver.values(), Driver::id), Schemas.STATUS, vm + "driver"),
        new Vocabulary(
            words(StampState.values(), StampState::id),
            Schemas.STAMPS,
            "/properties/stamps/items/properties/state"),
        new Vocabulary(
            words(ManifestEntry.Kind.values(), ManifestEntry.Kind::id),
            Schemas.STAMP_EXPLANATION,
            "/properties/stamp/properties/entries/items/properties/kind"),
        new Vocabulary(
            words(ManifestEntry.Kind.values(), ManifestEntry.Kind::id),
            "common",
            "/$defs/entry_kind"),
        new Vocabulary(
            words(OutcomeStatus.values(), OutcomeStatus::name),
            Schemas.ofEvent("UpCompleted"),
            "/properties/outcomes/items/properties/status"));
  }

  private static <E> List<String> words(E[] values, Function<E, String> word) {
    return Arrays.stream(values).map(word).toList();
  }

  private static List<String> finalStatuses() {
    return Arrays.stream(RunStatus.values())
        .filter(status -> status != RunStatus.RUNNING)
        .map(RunStatus::id)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("vocabularies")
  void aSchemaListsExactlyTheWordsThatCastraSays(Vocabulary vocabulary) {
    JsonNode list = Schemas.document(vocabulary.schema()).at(vocabulary.pointer() + "/enum");
    List<String> listed = new ArrayList<>();
    list.forEach(word -> listed.add(word.asText()));
    listed.remove("null");

    assertThat(listed).isEqualTo(vocabulary.said());
  }
}
