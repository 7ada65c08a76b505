#!/usr/bin/env bash
# Prints each event of the site as it happens, and keeps its position: it goes on there after a cut, and after a restart.
# stream.sh [FILE]
set -uo pipefail
address="${STANDFIRST_URL:-http://127.0.0.1:4000}" file="${1:-site.cursor}"
headers=(--header 'content-type: application/json' --header 'accept: text/event-stream')
if [[ -n "${STANDFIRST_TOKEN:-}" ]]; then headers+=(--header "authorization: Bearer $STANDFIRST_TOKEN"); fi

document='subscription ($after: EventCursor) { siteEvents(after: $after) { __typename position
  ... on SiteArticleEvent { articleId event { __typename ... on CommentAdded { comment { id bodyText } } } }
  ... on SiteReset { resetReason } } }'
pause=1000
while true; do
  # In pages, because a stream sends 1,000 missed events at most.
  STANDFIRST_URL="$address" bash "$(dirname "$0")/poll.sh" "$file"
  polled=$?
  # Refused for good: a wrong address, for example.
  if ((polled == 2)); then exit 1; fi
  if ((polled == 0)); then
    cursor='' data='' refusal=''
    while IFS= read -r line; do
      case "$line" in
        # Milliseconds, at random, so that clients that were cut off together do not come back together.
        'retry: '*) pause="${line#retry: }" ;;
        'id: '*) cursor="${line#id: }" ;;
        'data: '*) data="${line#data: }" ;;
        # The answer was no stream.
        '{'*) refusal="$line" ;;
        'status: 429' | 'status: 5'*) echo "$refusal" >&2 && pause=5000 ;;
        'status: 4'*) echo "$refusal" >&2 && exit 1 ;;
        '') # An empty line ends an event. Half an event has none, and is sent again.
          case "$data" in
            '{"errors"'*) echo "$data" >&2 && exit 1 ;;
            # Too much was missed: the position stays where it is.
            '{"data":{"siteEvents":{"__typename":"SiteReset"'*) break ;;
            '{"data":{"siteEvents":{"__typename":"SiteArticleEvent"'*) echo "$data" ;;
          esac
          if [[ -n "$cursor" ]]; then printf %s "$cursor" >"$file.new" && mv "$file.new" "$file"; fi
          cursor='' data=''
          ;;
      esac
    done < <(curl --silent --show-error --no-buffer --fail-with-body "$address/graphql/stream" "${headers[@]}" \
      --write-out '\nstatus: %{http_code}\n' \
      --data "{ \"query\": \"${document//$'\n'/ }\", \"variables\": { \"after\": \"$(<"$file")\" } }")
  fi
  sleep "$((pause / 1000))"
done
