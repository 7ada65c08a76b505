#!/usr/bin/env bash
# Prints the events of the whole site since the last time, a page of them a line, as JSON. Run it now and then, not twice at
# once: poll.sh [FILE]
# Exits with 2 if it is of no use to run it again, and with 1 after any other failure.
set -euo pipefail
address="${STANDFIRST_URL:-http://127.0.0.1:4000}" file="${1:-site.cursor}"
headers=(--header 'content-type: application/json')
if [[ -n "${STANDFIRST_TOKEN:-}" ]]; then headers+=(--header "authorization: Bearer $STANDFIRST_TOKEN"); fi

query='query ($after: EventCursor) { events(after: $after) { cursor hasMore events { __typename position
  ... on SiteArticleEvent { articleId event { __typename ... on CommentAdded { comment { id bodyText } } } }
  ... on SiteReset { resetReason } } } }'
answer="$(mktemp)"
trap 'rm -f "$answer"' EXIT
more=true
while "$more"; do
  # The first time there are no events: the page has the present position.
  after=null
  if [[ -s "$file" ]]; then after="\"$(<"$file")\""; fi
  # What fails in passing is tried again, after the time of `Retry-After`. If this fails, the next run begins here again.
  failed=0
  status="$(curl --silent --show-error --fail-with-body --max-time 60 --retry 5 --retry-connrefused "$address/graphql" \
    "${headers[@]}" --output "$answer" --write-out '%{http_code}' \
    --data "{ \"query\": \"${query//$'\n'/ }\", \"variables\": { \"after\": $after } }")" || failed=$?
  page="$(<"$answer")"
  # No answer, or half of one.
  if ((failed != 0 && failed != 22)); then exit 1; fi
  if ! [[ "$page" =~ ^\{\"data\":\{\"events\":\{\"cursor\":\"([^\"]+)\",\"hasMore\":(true|false) ]]; then
    # What the service says of it.
    echo "$page" >&2
    if [[ "$status" == 429 || "$status" == 5* ]]; then exit 1; fi
    if [[ "$page" =~ \"code\":\"(RATE_LIMITED|UNAVAILABLE|INTERNAL_SERVER_ERROR)\" ]]; then exit 1; fi
    exit 2
  fi
  more="${BASH_REMATCH[2]}"
  # The position moves when the work is done: a crash between loses nothing, and brings this page again.
  # A `SiteReset` says that events between are not kept any more: read again what you show.
  if [[ "$page" != *'"events":[]'* ]]; then echo "$page"; fi
  printf %s "${BASH_REMATCH[1]}" >"$file.new"
  mv "$file.new" "$file"
done
