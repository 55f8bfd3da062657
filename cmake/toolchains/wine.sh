#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# wine.sh PREFIX PROGRAM [ARGUMENT...]: runs a Windows program and ends with its exit code. PREFIX is a folder for the
# Windows that wine makes up: whoever comes first makes it, the others wait.
set -eu
export WINEPREFIX="$1" WINEDEBUG=-all WINEDLLOVERRIDES="mscoree=;mshtml=;winemenubuilder.exe="
shift
PATH=$PATH:/usr/lib/wine  # Debian's place for wine64

if [ ! -e "$WINEPREFIX/complete" ]; then
    mkdir -p "$WINEPREFIX"
    (
        flock 9
        if [ ! -e "$WINEPREFIX/complete" ]; then
            # Without descriptor 9, whose lock would last as long as wine's server.
            wine64 wineboot --init >"$WINEPREFIX/log" 2>&1 9>&-
            touch "$WINEPREFIX/complete"
        fi
    ) 9>"$WINEPREFIX/lock"
fi
# Between two programs the server stays, or the next one may meet it on its way out.
wineserver64 -p60 2>/dev/null || true
exec wine64 "$@"
