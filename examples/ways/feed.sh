#!/usr/bin/env bash
# Prints a feed if it has changed since the last time, and nothing otherwise: feed.sh [FEED] [FILE]
set -euo pipefail
feed="${1:-${STANDFIRST_URL:-http://127.0.0.1:4000}/feed.atom}" file="${2:-feed.etag}"

# If the feed has the tag that was kept, the answer is 304, without a body. A tag is kept once its feed was read to the end.
touch "$file"
answer="$(mktemp)"
trap 'rm -f "$answer"' EXIT
if ! curl --silent --show-error --fail-with-body --compressed --max-time 60 --retry 5 --retry-connrefused "$feed" \
  --output "$answer" --etag-compare "$file" --etag-save "$file.new"; then
  # What the service says of it.
  cat "$answer" >&2
  exit 1
fi
cat "$answer"
if [[ -s "$file.new" ]]; then mv "$file.new" "$file"; fi
