#!/usr/bin/env bash
# Asks URL until it names COMMIT three times in a row: behind it the old and the new may take turns.
set -euo pipefail

# On one line: a line of foreign text that begins with `::` would be a command to the runner.
stop() { # MESSAGE CODE
  echo "::error::verify-version: ${1//[[:cntrl:]]/ }"
  exit "$2"
}

[[ $COMMIT =~ ^[0-9a-f]{40}$ ]] || stop "\"$COMMIT\" is not all 40 digits of a commit" 2
[[ $TIMEOUT =~ ^[0-9]+$ ]] || stop "\"$TIMEOUT\" is not a number of seconds" 2
[[ $URL == http*://* ]] || stop "\"$URL\" is not a URL" 2

row=0
said="nothing"
deadline=$((SECONDS + TIMEOUT))
while true; do
  if answer=$(curl --silent --show-error --fail --max-time 10 --user-agent pipeline-health -- "$URL" 2>&1); then
    said=$(jq --raw-output --arg key "$KEY" 'getpath($key / ".") | strings' <<<"$answer" 2>/dev/null) ||
      said=
    said=${said:-"an answer without $KEY"}
  else
    said=${answer##*$'\n'}
  fi
  if [[ ${said,,} == "$COMMIT" ]]; then row=$((row + 1)); else row=0; fi
  if ((row == 3)); then
    echo "$URL serves $COMMIT"
    exit
  fi
  if ((SECONDS >= deadline)); then
    stop "$URL does not serve $COMMIT after $TIMEOUT s; it said: ${said:0:200}; next: look at production now" 1
  fi
  sleep "${PAUSE:-5}"
done
