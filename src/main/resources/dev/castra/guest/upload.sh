# Unpacks the tar stream on stdin into the new folder $2 inside $1.
umask 077
if ! command -v tar >/dev/null 2>&1; then
  echo 'tar is not installed' >&2
  exit 91
fi
mkdir -p "$1" || exit 92
if [ -e "$2" ] || [ -h "$2" ]; then
  echo 'the folder exists already' >&2
  exit 93
fi
mkdir "$2" || exit 92
tar -xpf - -C "$2" && exit 0
# Made a moment ago by this very script, so it holds nothing else.
rm -rf "$2"
exit 94
