package dev.castra.torture;

/**
 * The script that is applied in torture: it does what its machine is in the mood for, and leaves a
 * line at its start and at its end, and one if it finds another one at work.
 */
final class Script {
  /** Moods; a script that is stuck goes on once its machine's `gate` says so. */
  enum Mood {
    OK,
    SLOW,
    FAIL,
    COMPLAIN,
    NOOP,
    DIE,
    NOISY,
    STUCK;

    String id() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** Where a machine keeps what the script needs, by the script's environment. */
  static final String MACHINE = "TORTURE_MACHINE";

  /** Runs where it is cheap to fork as seldom as possible. */
  static final String TEXT =
      """
      #!/bin/sh
      machine=$TORTURE_MACHINE
      [ -d "$machine" ] || mkdir -p "$machine"
      log=$machine/witness
      read -r serial <serial
      if command -v flock >/dev/null; then
        exec 9>>"$machine/lock"
        flock -n 9 || echo "overlap $CASTRA_RUN_ID $serial" >>"$log"
      else
        # Written before the look, so that of two at least one sees the other.
        echo $$ >>"$machine/pids"
        while read -r pid; do
          [ $pid = $$ ] || [ ! -e /proc/$pid/stat ] || read -r stat </proc/$pid/stat || stat=
          case $stat in *'(run.sh)'*) echo "overlap $CASTRA_RUN_ID $serial" >>"$log" ;; esac
          stat=
        done <"$machine/pids"
      fi
      echo "start $CASTRA_RUN_ID $serial" >>"$log"
      mood=ok
      [ ! -e mood ] || read -r mood <mood
      [ ! -e "$machine/mood" ] || read -r mood <"$machine/mood"
      [ ! -e sync ] || sync
      code=0
      case $mood in
        slow) sleep 0.4 9>&- ;;
        fail) code=3 ;;
        complain) echo "Castra:error: in a mood" ;;
        noop) echo "Castra:noop" ;;
        die) kill -9 $$ ;;
        noisy) i=0; while [ $i -lt 3000 ]; do echo "line $i of $CASTRA_RUN_ID"; i=$((i + 1)); done ;;
        stuck) read -r word <>"$machine/gate" ;;
      esac
      : >"$machine/done-$serial"
      echo "end $CASTRA_RUN_ID $serial $code" >>"$log"
      [ ! -e sync ] || sync
      exit $code
      """;

  /** Needs the script's env, so that a run that lost it is found out. */
  static final String VERIFY =
      "read -r s <serial; test -n \\\"$TOKEN\\\" && test -e \\\"$TORTURE_MACHINE/done-$s\\\"";

  private Script() {}
}
