# Prints each event of the site as it happens, and keeps its position: it goes on there after a cut, and after a restart.
# python3 stream.py [FILE]
import json
import random
import time
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import request
from poll import ADDRESS, FIELDS, catch_up, handle, kept_cursor

DOCUMENT = 'subscription ($after: EventCursor) { siteEvents(after: $after) { %s } }' % FIELDS
HEADERS = {**request.HEADERS, 'accept': 'text/event-stream'}


def listen():
    """Yields events until the stream is cut, or has to begin anew."""
    body = json.dumps({'query': DOCUMENT, 'variables': {'after': kept_cursor()}}).encode()
    # The service writes every 15 s at least: after a minute without anything the connection is dead.
    with urlopen(Request(ADDRESS + '/graphql/stream', body, HEADERS), timeout=60) as stream:
        for line in stream:
            # Half a line is the last one of a connection that was cut: its event is sent again.
            if not line.startswith(b'data: {') or not line.endswith(b'\n'):
                continue
            result = json.loads(line[6:])
            if 'errors' in result:
                raise SystemExit(result['errors'][0]['message'])
            if result['data']['siteEvents']['__typename'] == 'SiteReset':
                return
            yield result['data']['siteEvents']


failures = 0
while True:
    failures += 1
    wait = random.uniform(0, min(30, 2 ** (failures - 2)))
    try:
        # In pages, because a stream sends 1,000 missed events at most.
        catch_up()
        for event in listen():
            handle(event)
            failures = 0
    except HTTPError as refusal:
        if refusal.code != 429 and refusal.code < 500:
            raise SystemExit(refusal)
        wait = float(refusal.headers.get('retry-after', wait))
    except (OSError, HTTPException):
        pass
    time.sleep(wait)
