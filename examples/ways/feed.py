# Prints the entries of an Atom feed that are new since the last time: python3 feed.py [FEED] [FILE]
import json
import os
import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from xml.etree import ElementTree

ADDRESS = os.environ.get('STANDFIRST_URL', 'http://127.0.0.1:4000')
FEED = sys.argv[1] if len(sys.argv) > 1 else ADDRESS + '/feed.atom'
FILE = sys.argv[2] if len(sys.argv) > 2 else 'feed.state'
ATOM = '{http://www.w3.org/2005/Atom}'

state = {'etag': None, 'seen': []}
if os.path.exists(FILE):
    with open(FILE) as kept:
        state = json.load(kept)
request = Request(FEED, headers={'if-none-match': state['etag']} if state['etag'] else {})
try:
    with urlopen(request, timeout=60) as response:
        entries, etag = ElementTree.parse(response).findall(ATOM + 'entry'), response.headers['etag']
except HTTPError as refusal:
    # 429 and 503 say when to come back; so does any program that is run now and then.
    raise SystemExit(0 if refusal.code == 304 else f'{refusal}, retry after {refusal.headers["retry-after"]} s')
seen = dict.fromkeys(state['seen'])
# The newest entry is the first one of a feed.
for entry in reversed(entries):
    if entry.findtext(ATOM + 'id') not in seen:
        print(json.dumps({name: entry.findtext(ATOM + name) for name in ('id', 'title', 'content')}))
    seen[entry.findtext(ATOM + 'id')] = None
# More than a feed has: an entry that was pushed out comes back when a newer one is removed.
with open(FILE + '.new', 'w') as new:
    json.dump({'etag': etag, 'seen': list(seen)[-1000:]}, new)
os.replace(FILE + '.new', FILE)
