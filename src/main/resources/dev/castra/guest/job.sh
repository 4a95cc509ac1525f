# Runs run.sh of one run folder exactly once, detached from the connection that asked for it.
#
#   sh job.sh start  DIR SHELL...       starts it, unless it was started before
#   sh job.sh follow DIR OFFSET LIMIT   copies its output from OFFSET to stdout until it has ended
#   sh job.sh verify DIR COMMAND        runs COMMAND where it ran, with its variables
#   sh job.sh stop   DIR GRACE          ends all of these; LIMIT and GRACE in 1/100 s
#
# Says on stderr, in one line that starts with "castra-job", what happened. For dash, bash and
# busybox; uses /proc. Every fork costs milliseconds on an emulated CPU, so loops have few of them.
# Files in DIR: started/ (somebody asked for the start), pid (process, its start time, its session,
# the guest's boot), out, exit, verifying (there is or was a COMMAND), stop (somebody asked for the
# end).

dir=$2

say() {
  printf 'castra-job %s\n' "$*" >&2
}

# Sets boot to this boot's identifier.
look_at_boot() {
  boot=
  { read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null
  boot=${boot:-unknown}
}

# Sets state, session and ticks (start time) of process $1; fails if there is none.
look_at() {
  line=
  { read -r line <"/proc/$1/stat"; } 2>/dev/null
  # The name in parentheses may hold blanks and parentheses itself.
  case $line in *') '*) ;; *) return 1 ;; esac
  # shellcheck disable=SC2086
  set -- ${line##*) }
  [ $# -ge 20 ] || return 1
  state=$1 session=$4 ticks=${20}
}

# Sets pid, born, led and pid_boot from the pid file; fails if it names no single process.
load_pid() {
  pid='' born='' led='' pid_boot=''
  { read -r pid born led pid_boot <"$dir/pid"; } 2>/dev/null
  case $pid in '' | 0* | 1 | *[!0-9]*) return 1 ;; esac
  case $born in '' | *[!0-9]*) return 1 ;; esac
}

# True while exactly the process that wrote the pid file runs.
alive() {
  load_pid && [ "$pid_boot" = "$boot" ] && look_at "$pid" && [ "$ticks" = "$born" ] || return 1
  case $state in Z | X) return 1 ;; esac
}

start() {
  if ! mkdir "$dir/started" 2>/dev/null; then
    if [ -d "$dir/started" ]; then
      say attached
      exit 0
    fi
    say "failed cannot write to $dir"
    exit 1
  fi
  look_at_boot
  printf '%s\n' "$boot" >"$dir/boot"
  # Marks everything the job starts, so that it is found again.
  CASTRA_RUN_DIR=$dir
  export CASTRA_RUN_DIR
  shift
  detach=nohup
  ! command -v setsid >/dev/null 2>&1 || detach=setsid
  "$detach" "$@" "$0" child "$dir" </dev/null >"$dir/out" 2>&1 &
  say started
}

child() {
  cd "$dir" || exit 1
  # Whatever this shell itself has to say, such as "Terminated", is not the script's output.
  exec 2>/dev/null
  # A stopped job still gets its exit status recorded.
  trap : TERM
  look_at_boot
  look_at $$ || ticks=0 session=0
  printf '%s %s %s %s\n' "$$" "$ticks" "$session" "$boot" >pid.new
  mv pid.new pid
  if [ -e stop ]; then
    code=143
  else
    (run) 2>&1
    code=$?
    # Whatever a script makes of the signal, it did not end as it would have.
    [ ! -e stop ] || code=143
  fi
  printf '%s\n' "$code" >exit.new && mv exit.new exit
}

run() {
  [ ! -d payload ] || cd payload || exit 126
  first=
  { IFS= read -r first <"$dir/run.sh"; } 2>/dev/null
  [ -x "$dir/run.sh" ] || chmod u+x "$dir/run.sh"
  # From here on the user's variables may replace ours, but not the positional ones.
  set -- "$dir" "$first"
  [ ! -f "$1/env.sh" ] || . "$1/env.sh"
  case $2 in
    '#!'*) exec "$1/run.sh" ;;
    *) exec /bin/sh "$1/run.sh" ;;
  esac
}

# Whoever calls this has set CASTRA_VERIFY_DIR to DIR, which marks everything COMMAND starts.
verify() {
  # Written before the look at stop, which is written before the look at this one.
  : >"$dir/verifying"
  [ ! -e "$dir/stop" ] || exit 143
  # As in child: this shell outlives the signal, and says nothing of its own.
  trap : TERM
  exec 3>&2 2>/dev/null
  (check "$2") 2>&3 3>&-
  code=$?
  [ ! -e "$dir/stop" ] || code=143
  exit "$code"
}

check() {
  set -- "$dir" "$1"
  [ -r "$1/env.sh" ] || exit 125
  . "$1/env.sh"
  cd "$1/payload" || exit 125
  exec sh -c "$2" </dev/null
}

# Copies at most $1 * 64 KiB from file 3; sets idle to yes if there was nothing.
pump() {
  idle=no
  stats=$(dd bs=65536 count="$1" <&3 2>&1 >&4) || exit 1
  case $stats in 0+0*) idle=yes ;; esac
}

# Sets ending to empty while the job may still go on.
look_at_end() {
  ending=
  # Looked for before the process is: the file may appear in between.
  known=no
  [ ! -e "$dir/pid" ] || known=yes
  if [ -e "$dir/exit" ]; then
    ending=ended
  elif alive; then
    unseen=0
  elif [ -e "$dir/exit" ]; then
    ending=ended
  elif [ "$known" = yes ] || [ "$unseen" -ge 1000 ]; then
    ending="vanished it was killed"
  fi
  if [ "$ending" != ended ] && [ "$started_boot" != "$boot" ]; then
    ending="vanished the guest was rebooted"
  fi
}

follow() {
  left=$3
  started_boot= unseen=0 nap=05
  look_at_boot
  { read -r started_boot <"$dir/boot"; } 2>/dev/null
  if [ ! -r "$dir/out" ] || [ -z "$started_boot" ]; then
    say "vanished it was never started"
    exit 0
  fi
  exec 3<"$dir/out" 4>&1
  [ "$2" = 0 ] || dd bs=1 skip="$2" count=0 <&3 >/dev/null 2>&1 || exit 1
  while :; do
    look_at_end
    if [ -n "$ending" ]; then
      # No more than there is now: what the job left in the background may write for ever.
      size=$(wc -c <"$dir/out")
      pump $((size / 65536 + 1))
      break
    fi
    pump 64
    if [ "$left" -le 0 ]; then
      say running
      exit 0
    fi
    if [ "$idle" = no ]; then
      nap=05
      continue
    fi
    sleep "0.$nap" 2>/dev/null || sleep 1
    left=$((left - ${nap#0})) unseen=$((unseen + ${nap#0}))
    case $nap in 05) nap=10 ;; 10) nap=25 ;; esac
  done
  code=
  [ "$ending" != ended ] || read -r code <"$dir/exit"
  say $ending $code
}

# True if process $1 descends from what was started with variable $2, whatever session it is in.
marked() {
  { tr '\0' '\n' <"/proc/$1/environ" | grep -Fqx "$2=$dir"; } 2>/dev/null
}

# False if no process is marked with variable $1; three forks instead of three for each process.
any_marked() {
  mark="$1=$dir"
  set -- /proc/[0-9]*/environ
  # So many may be too long for one command.
  [ $# -le 5000 ] || return 0
  # One that ends meanwhile may leave half a line before the next one's first.
  { cat "$@" | tr '\0' '\n' | grep -Fq "$mark"; } 2>/dev/null
}

# Sets members to the job's processes. A session belongs to it while its leader lives; without the
# leader the number may be somebody else's by now, so that the mark must prove it.
find_members() {
  members=
  leads=no
  ! alive || [ "$led" != "$pid" ] || leads=yes
  running=no
  [ "$leads" = yes ] || ! any_marked CASTRA_RUN_DIR || running=yes
  verifying=no
  [ ! -e "$dir/verifying" ] || ! any_marked CASTRA_VERIFY_DIR || verifying=yes
  for entry in /proc/[0-9]*; do
    candidate=${entry#/proc/}
    look_at "$candidate" || continue
    case $state in Z | X) continue ;; esac
    if [ "$session" = "$pid" ]; then
      [ "$leads" = yes ] || { [ "$running" = yes ] && marked "$candidate" CASTRA_RUN_DIR; } ||
        continue
    elif [ "$led" = "$pid" ] || [ "$running" = no ] || ! marked "$candidate" CASTRA_RUN_DIR; then
      [ "$verifying" = yes ] && marked "$candidate" CASTRA_VERIFY_DIR || continue
    fi
    members="$members $candidate"
  done
}

# Sets now to the time in 1/100 s; guesses where the guest keeps none.
look_at_clock() {
  up=
  { read -r up _ </proc/uptime; } 2>/dev/null
  case $up in
    [0-9]*.[0-9][0-9]) now=$((${up%.*} * 100 + 1${up#*.} - 100)) ;;
    *) now=$((now + 5)) ;;
  esac
}

# Signals the members with $1 and waits $2 for their end. To find them may take much longer than to
# sleep, so the time is measured.
end_members() {
  now=0
  look_at_clock
  end=$((now + $2))
  signal_members "$1"
  while :; do
    find_members
    look_at_clock
    [ -n "$members" ] && [ "$now" -lt "$end" ] || return 0
    # What was forked since the last look.
    [ "$1" != KILL ] || signal_members KILL
    sleep 0.05 2>/dev/null || sleep 1
  done
}

signal_members() {
  # shellcheck disable=SC2086
  kill -"$1" $members 2>/dev/null
  # shellcheck disable=SC2086
  kill -CONT $members 2>/dev/null
}

stop() {
  if [ ! -d "$dir" ]; then
    say idle
    exit 0
  fi
  : >"$dir/stop"
  look_at_boot
  if ! load_pid || [ "$pid_boot" != "$boot" ]; then
    say idle
    exit 0
  fi
  find_members
  if [ -z "$members" ]; then
    say idle
    exit 0
  fi
  end_members TERM "$2"
  [ -z "$members" ] || end_members KILL 500
  if [ -n "$members" ]; then
    say "survived$members"
  else
    say stopped
  fi
}

case $1 in
  start | child | follow | verify | stop) "$@" ;;
  *) exit 64 ;;
esac
