#!/usr/bin/env bash
# webhook.sh add URL SERVICE_ACCOUNT_ID [KEY]    makes an endpoint; the answer has its id and its secret, once
# webhook.sh test WEBHOOK_ID                     has the service send a test, and says how the endpoint has answered
# webhook.sh imitate URL                         sends what the service would send, signed with STANDFIRST_WEBHOOK_SECRET
# The first two need STANDFIRST_TOKEN, an administrator's token with the scopes READ and ADMINISTER.
set -euo pipefail
address="${STANDFIRST_URL:-http://127.0.0.1:4000}"

# Says how this is called: what stands above.
usage() {
  sed -n 's/^# \(webhook\.sh\)/\1/p' "$0" >&2
  exit 2
}

# send QUERY VARIABLES    fails if the service has refused
send() {
  local answer
  if ! answer="$(curl --silent --show-error --fail-with-body --max-time 60 "$address/graphql" \
    --header "authorization: Bearer $STANDFIRST_TOKEN" --header 'content-type: application/json' \
    --data "{ \"query\": \"${1//$'\n'/ }\", \"variables\": { \"input\": $2 } }")"; then
    echo "$answer" >&2
    return 1
  fi
  echo "$answer"
  [[ "$answer" == *'"userErrors":[]'* ]]
}

case "${1:-} $#" in
  'add 3' | 'add 4')
    # One key for one endpoint. Pass one that you have kept to repeat this: there will be one endpoint. Its secret is not shown again.
    hex="$(openssl rand -hex 16)"
    key="${4:-${hex:0:8}-${hex:8:4}-4${hex:13:3}-a${hex:17:3}-${hex:20}}"
    document='subscription { siteEvents { __typename position ... on SiteReset { resetReason } ... on SiteArticleEvent {
      articleId event { __typename sequence ... on CommentAdded { comment { id bodyText } } } } } }'
    send 'mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) {
      webhook { id } secret userErrors { code message field } } }' \
      "{ \"name\": \"${2:0:80}\", \"url\": \"$2\", \"serviceAccountId\": \"$3\", \"document\": \"${document//$'\n'/ }\",
        \"idempotencyKey\": \"$key\" }"
    ;;
  'test 2')
    send 'mutation ($input: TestWebhookInput!) { testWebhook(input: $input) {
      httpStatus fault userErrors { code message } } }' "{ \"webhookId\": \"$2\" }"
    ;;
  'imitate 2')
    id="imitated-$RANDOM" timestamp="$(date +%s)"
    body='{"type":"site.event","timestamp":"2026-03-01T09:12:00.000Z","cursor":"","data":{"siteEvents":{"__typename":"SiteCheckpoint"}}}'
    key="$(printf %s "${STANDFIRST_WEBHOOK_SECRET#whsec_}" | base64 --decode | od -An -v -tx1 | tr -d ' \n')"
    signature="$(printf %s "$id.$timestamp.$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)"
    curl --silent --show-error --fail-with-body --max-time 15 "$2" --write-out '%{http_code}\n' --data-binary "$body" \
      --header 'content-type: application/json' --header "webhook-id: $id" --header "webhook-timestamp: $timestamp" \
      --header "webhook-signature: v1,$signature"
    ;;
  *) usage ;;
esac
