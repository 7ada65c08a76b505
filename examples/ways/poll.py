# Prints the events of the whole site since the last time. Run it now and then, not twice at once.
# python3 poll.py [FILE]
import json
import os
import sys

from request import request

ADDRESS = os.environ.get('STANDFIRST_URL', 'http://127.0.0.1:4000')
FILE = sys.argv[1] if len(sys.argv) > 1 else 'site.cursor'
FIELDS = '''__typename position cursor
  ... on SiteArticleEvent { articleId event { __typename ... on CommentAdded { comment { id bodyText } } } }
  ... on SiteReset { resetReason }'''
QUERY = 'query ($after: EventCursor) { events(after: $after) { events { %s } cursor hasMore } }' % FIELDS


def kept_cursor():
    """The position that was kept; None before the first time."""
    if os.path.exists(FILE):
        with open(FILE) as kept:
            return kept.read()


def keep(cursor):
    """Keeps a position in one step, so that the file never has half of one."""
    with open(FILE + '.new', 'w') as new:
        new.write(cursor)
    os.replace(FILE + '.new', FILE)


def handle(event):
    """The position moves when the work is done: a crash between loses nothing, and brings this event again."""
    if event['__typename'] != 'SiteCheckpoint':
        print(json.dumps(event), flush=True)
    keep(event['cursor'])


def catch_up():
    """Reads page after page. The first time there are no events: the page has the present position."""
    page = {'hasMore': True}
    while page['hasMore']:
        page = request(ADDRESS, QUERY, {'after': kept_cursor()})['events']
        # A SiteReset says that events between are not kept any more: read again what you show.
        for event in page['events']:
            handle(event)
        keep(page['cursor'])


if __name__ == '__main__':
    catch_up()
