#!/bin/sh
# See that there is bubblewrap, which gives the sandbox namespaces of its own; install Debian's where we may. Not needed, only better.
set -eu
command -v bwrap >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "bubblewrap: installing it for the sandbox …"
    apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -q bubblewrap >/dev/null && exit 0
fi
echo "bubblewrap: not here; the sandbox does without. It is better with: sudo apt-get install bubblewrap" >&2
