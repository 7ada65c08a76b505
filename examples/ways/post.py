# Posts a comment once: STANDFIRST_TOKEN=sf_… python3 post.py ARTICLE_ID TEXT [KEY]
import json
import os
import sys
import uuid

from request import request

ADDRESS = os.environ.get('STANDFIRST_URL', 'http://127.0.0.1:4000')
# One key for one comment, the same with every attempt. Pass one that you have kept to repeat this after a crash.
KEY = sys.argv[3] if len(sys.argv) > 3 else str(uuid.uuid4())
MUTATION = '''mutation ($input: AddCommentInput!) {
  addComment(input: $input) { userErrors { code message field } comment { id status } } }'''

given = {'articleId': sys.argv[1], 'body': sys.argv[2], 'idempotencyKey': KEY}
payload = request(ADDRESS, MUTATION, {'input': given})['addComment']
# Refused for good: the article's comments are closed, for example.
if payload['userErrors']:
    raise SystemExit(json.dumps(payload['userErrors']))
print(json.dumps(payload['comment']))
