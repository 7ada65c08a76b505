#!/usr/bin/env bash
# Prints the numbers of comments at addresses, up to 100: counts.sh URL …
set -euo pipefail
address="${STANDFIRST_URL:-http://127.0.0.1:4000}"

parameters=()
for url in "$@"; do parameters+=(--data-urlencode "url=$url"); done
answer="$(mktemp)"
trap 'rm -f "$answer"' EXIT
if ! curl --silent --show-error --fail-with-body --compressed --max-time 30 --retry 5 --retry-connrefused \
  --output "$answer" --get "$address/comment-counts" "${parameters[@]}"; then
  # What the service says of it.
  cat "$answer" >&2
  exit 1
fi
cat "$answer"
