#!/usr/bin/env bash
# Posts a comment once: STANDFIRST_TOKEN=sf_… post.sh ARTICLE_ID TEXT [KEY]
set -euo pipefail
address="${STANDFIRST_URL:-http://127.0.0.1:4000}"

# One key for one comment, the same with every attempt. Pass one that you have kept to repeat this after a crash.
key="${3:-$(uuidgen 2>/dev/null || cat /proc/sys/kernel/random/uuid)}"
text="${2//\\/\\\\}" && text="${text//\"/\\\"}"
# JSON has no control characters in strings: line breaks, tabs and the like become `\u000a`, `\u0009` …
for code in {1..31}; do
  printf -v escape '\\u%04x' "$code"
  printf -v character "\\x${escape: -2}"
  text="${text//"$character"/$escape}"
done
mutation='mutation ($input: AddCommentInput!) { addComment(input: $input) { userErrors { code message field } comment { id status } } }'
answer="$(mktemp)"
trap 'rm -f "$answer"' EXIT
for attempt in 1 2 3 4 5; do
  # curl itself tries again after the time of `Retry-After`, when the service has refused in passing.
  curl --silent --show-error --fail-with-body --max-time 30 --retry 5 --retry-connrefused "$address/graphql" --output "$answer" \
    --header "authorization: Bearer $STANDFIRST_TOKEN" --header 'content-type: application/json' \
    --data "{ \"query\": \"$mutation\", \"variables\": { \"input\":
      { \"articleId\": \"$1\", \"body\": \"$text\", \"idempotencyKey\": \"$key\" } } }" && break
  # Refused for good, and why.
  if (($? == 22)) || ((attempt == 5)); then cat "$answer" >&2 && exit 1; fi
  # The answer was lost. Perhaps the comment was posted: then the next answer has it.
  sleep "$((RANDOM % (attempt * 2) + 1))"
done
cat "$answer"
[[ "$(<"$answer")" == *'"userErrors":[]'* ]]
