# Receives deliveries: checks each, keeps it in a database, and answers. What is to be done is done from there.
# STANDFIRST_WEBHOOK_SECRET=whsec_… python3 webhook.py [PORT] [FILE]
import base64
import hashlib
import hmac
import os
import sqlite3
import sys
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
FILE = sys.argv[2] if len(sys.argv) > 2 else 'deliveries.sqlite'
KEY = base64.b64decode(os.environ['STANDFIRST_WEBHOOK_SECRET'].removeprefix('whsec_'))
MAX_BYTES = 4 << 20


def is_genuine(headers, body):
    """Standard Webhooks: a signature of id, timestamp and the bytes as they came, which is not older than five minutes."""
    message_id, timestamp = headers.get('webhook-id', ''), headers.get('webhook-timestamp', '')
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > 300:
        return False
    signed = hmac.digest(KEY, f'{message_id}.{timestamp}.'.encode() + body, hashlib.sha256)
    expected = b'v1,' + base64.b64encode(signed)
    # While a secret is changed there are two signatures. Each is compared in constant time.
    signatures = headers.get('webhook-signature', '').encode().split(b' ')
    return any([hmac.compare_digest(signature, expected) for signature in signatures])


class Receiver(BaseHTTPRequestHandler):
    timeout = 15

    def do_POST(self):
        size = int(self.headers.get('content-length', 0))
        body = self.rfile.read(size) if 0 <= size <= MAX_BYTES else b''
        is_accepted = is_genuine(self.headers, body)
        if is_accepted:
            self.keep(self.headers['webhook-id'], body.decode())
        self.send_response(204 if is_accepted else 401)
        self.end_headers()

    def keep(self, message_id, body):
        """Before the answer: what was accepted is not sent again. An event comes again if an answer was lost."""
        with closing(sqlite3.connect(FILE)) as database, database:
            new = database.execute('INSERT OR IGNORE INTO delivery VALUES (?, ?)', (message_id, body))
        if new.rowcount:
            print(body, flush=True)


with closing(sqlite3.connect(FILE)) as database:
    database.execute('CREATE TABLE IF NOT EXISTS delivery (id TEXT PRIMARY KEY, body TEXT NOT NULL)')
server = ThreadingHTTPServer(('', PORT), Receiver)
print(server.server_address, file=sys.stderr, flush=True)
server.serve_forever()
