#!/bin/sh
# See that there is a Chromium for the browser tests; install Debian's where we may.
set -eu
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "chromium: installing it for the browser tests …"
    apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -q chromium >/dev/null && exit 0
fi
echo "chromium: the browser tests need it. Install it with: sudo apt-get install chromium" >&2
exit 1
