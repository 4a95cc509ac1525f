# shellcheck shell=bash
# Sourced by the scripts under tools/: makes sure the programs they need are there.
#
# Nothing missing costs nothing but `command -v`. Something missing is installed through apt-get when we
# are root, else the exact command to run is printed and the caller ends with 69 (Castra's exit code for
# "a needed program is missing").

castra_say() { printf '%s\n' "$*" >&2; }

# True if $1 can be run or, when it is an absolute path, is there. Administration programs (sfdisk, mke2fs)
# live in sbin, which ordinary users on Debian do not have in PATH.
castra_have() {
  case $1 in
    /*) [ -e "$1" ] ;;
    *) PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null 2>&1 ;;
  esac
}

# castra_install PACKAGE...: as root through apt-get, else say what to do and return 69.
castra_install() {
  if [ "$(id -u)" != 0 ] || ! castra_have apt-get; then
    castra_say "Missing packages: $*"
    castra_say "Install them with:"
    castra_say "  sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
    if ! castra_have apt-get; then
      castra_say "(Debian and Ubuntu names; this machine has no apt-get, so use its own package manager.)"
    fi
    return 69
  fi
  castra_say "Installing: $*"
  # Another apt may be at work (unattended upgrades, a second CI step): wait for it, but not for ever.
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300)
  # All of apt's chatter goes to stderr: the callers' stdout is for results.
  if ! "${apt[@]}" install --no-install-recommends "$@" >&2; then
    # The usual reason is an empty or outdated package list, so fetch it once and try again.
    castra_say "Not installable with the package lists at hand; fetching them."
    "${apt[@]}" update >&2 || true
    if ! "${apt[@]}" install --no-install-recommends "$@" >&2; then
      castra_say "error: apt-get could not install: $*"
      return 69
    fi
  fi
}

# castra_need_tools COMMAND:PACKAGE...: installs the packages whose command (or absolute path) is missing.
castra_need_tools() {
  local pair missing=()
  for pair in "$@"; do
    castra_have "${pair%%:*}" || missing+=("${pair#*:}")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
  castra_install "${missing[@]}" || return 69
  for pair in "$@"; do
    castra_have "${pair%%:*}" && continue
    castra_say "error: '${pair%%:*}' is still missing although package '${pair#*:}' is installed"
    return 69
  done
}

# What running a VM takes.
castra_need_qemu() {
  castra_need_tools qemu-system-x86_64:qemu-system-x86 qemu-img:qemu-utils
}

# A JDK (17 or newer, with its compiler) and Maven.
castra_need_jdk_maven() {
  local javac=javac version='' missing=()
  # Maven follows JAVA_HOME, so that is the compiler to look at.
  [ -z "${JAVA_HOME:-}" ] || javac="$JAVA_HOME/bin/javac"
  # "javac 17.0.9" -> 17; "javac 1.8.0_392" -> 1, which is too old all the same.
  version=$("$javac" -version 2>&1 | sed -n 's/^javac \([0-9][0-9]*\).*/\1/p') || version=''
  if [ "${version:-0}" -lt 17 ]; then
    if [ -n "${JAVA_HOME:-}" ]; then
      castra_say "error: JAVA_HOME=$JAVA_HOME is not a JDK 17 or newer (javac there: ${version:-none})"
      castra_say "Point JAVA_HOME at such a JDK, or unset it."
      return 69
    fi
    missing+=("$(castra_jdk_package)")
  fi
  castra_have mvn || missing+=(maven)
  [ ${#missing[@]} -gt 0 ] || return 0
  castra_say "Castra is built with a JDK 17 or newer (found: ${version:-none}) and Maven."
  castra_install "${missing[@]}"
}

# Releases differ in which JDKs they carry: take the oldest one that is new enough.
castra_jdk_package() {
  local package
  for package in openjdk-17-jdk-headless openjdk-21-jdk-headless openjdk-25-jdk-headless; do
    if apt-cache show "$package" >/dev/null 2>&1; then
      echo "$package"
      return
    fi
  done
  echo openjdk-17-jdk-headless
}
