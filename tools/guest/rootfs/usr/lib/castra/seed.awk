# Reads meta-data and user-data of a NoCloud seed and writes `hostname`, `authorized_keys` and `hostkey`
# into the current folder. It is no YAML parser: it knows the block style that such files are written in,
# at any indentation, and ignores all else. Every authorised key goes to root, the only account here.

function indent_of(line) { match(line, /^ */); return RLENGTH }

function scalar(text) {
  sub(/^[ \t]+/, "", text)
  if (text ~ /^"/) { sub(/^"/, "", text); sub(/".*$/, "", text) }
  else if (text ~ /^'/) { sub(/^'/, "", text); sub(/'.*$/, "", text) }
  else { sub(/[ \t]+#.*$/, "", text); sub(/[ \t]+$/, "", text) }
  return text
}

function value_of(line) { sub(/^[^:]*:/, "", line); return scalar(line) }

FNR == 1 { state = "" }
{ sub(/\r$/, "") }

# Lines of the private key: all that are indented deeper than the key's name.
state == "hostkey" {
  if ($0 ~ /^ *$/) next
  if (indent_of($0) > depth) {
    sub(/^ +/, "")
    print > "hostkey"
    got_hostkey = 1
    next
  }
  state = ""
}

/^ *(#.*)?$/ { next }

# Items under ssh_authorized_keys. YAML allows them at the very indentation of the name.
state == "keys" {
  if ($0 ~ /^ *- / && indent_of($0) >= depth) {
    item = $0
    sub(/^ *- /, "", item)
    print scalar(item) > "authorized_keys"
    got_keys = 1
    next
  }
  state = ""
}

{
  # A name may be the first one of a list item: "- name: root". The dash counts as indentation.
  line = $0
  while (line ~ /^ *- /) sub(/-/, " ", line)
}

line ~ /^hostname:/ { name = value_of(line) }
line ~ /^local-hostname:/ && name == "" { name = value_of(line) }
line ~ /^ *ssh_authorized_keys: *(#.*)?$/ { state = "keys"; depth = indent_of(line) }
line ~ /^ *ed25519_private: *[|]/ { state = "hostkey"; depth = indent_of(line) }

END {
  if (name ~ /^[A-Za-z0-9][A-Za-z0-9.-]*$/ && length(name) <= 63) print name > "hostname"
  else if (name != "") print "castra-guest: error: not a hostname: " name > "/dev/console"
  exit !(got_keys && got_hostkey && name != "")
}
