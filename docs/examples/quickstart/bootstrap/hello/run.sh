#!/bin/sh
# Runs once in the guest, as root, with payload/ as the working directory.
set -eu
echo "bootstrapping $CASTRA_VM (run $CASTRA_RUN_ID)"
sed "s/@GREETING@/$GREETING/" "$CASTRA_PAYLOAD_DIR/motd.txt" > /etc/motd
cat /etc/motd
