import json
import os
import random
import time
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

PASSING = ('RATE_LIMITED', 'UNAVAILABLE', 'INTERNAL_SERVER_ERROR')
HEADERS = {'content-type': 'application/json'}
if 'STANDFIRST_TOKEN' in os.environ:
    HEADERS['authorization'] = 'Bearer ' + os.environ['STANDFIRST_TOKEN']


def answer_to(url, body):
    try:
        with urlopen(Request(url, body, HEADERS), timeout=30) as response:
            return json.load(response)
    except HTTPError as refusal:
        # Not the service's own answer: a wrong address, for example.
        if refusal.code != 429 and refusal.code < 500 and 'json' not in refusal.headers.get('content-type', ''):
            raise SystemExit(f'{url}: {refusal}')
        return json.load(refusal)


def request(address, query, variables):
    """Sends an operation and returns its data. Without an answer, or with an error that may pass, it tries again: after
    the time that the service names, or with pauses that grow. A mutation needs an idempotency key for that."""
    body = json.dumps({'query': query, 'variables': variables}).encode()
    for attempt in range(1, 11):
        wait = random.uniform(0, min(30, 2 ** (attempt - 2)))
        try:
            answer = answer_to(address + '/graphql', body)
            if not answer.get('errors'):
                return answer['data']
            problem = answer['errors'][0]
            details = problem.get('extensions', {})
            if details.get('code') not in PASSING:
                raise SystemExit(problem['message'])
            wait = details.get('retryAfterSeconds', wait)
        # No answer, half of one, or one that is not the service's.
        except (OSError, HTTPException, ValueError) as error:
            problem = error
        time.sleep(wait)
    raise ConnectionError(problem)
