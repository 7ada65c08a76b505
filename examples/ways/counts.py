# Prints the numbers of comments at addresses, any number of them: python3 counts.py URL …
import json
import os
import sys
from urllib.parse import quote
from urllib.request import urlopen

ADDRESS = os.environ.get('STANDFIRST_URL', 'http://127.0.0.1:4000')


def show(parameters):
    with urlopen(f'{ADDRESS}/comment-counts?{"&".join(parameters)}', timeout=30) as response:
        # In the order asked; None for an address that the site does not know.
        for count in json.load(response)['counts']:
            print(count['commentCount'], count['url'])


# A request has 100 addresses at most, and its URL 16 KiB.
parameters = []
for url in sys.argv[1:]:
    parameter = 'url=' + quote(url, safe='')
    if len(parameters) == 100 or len('&'.join([*parameters, parameter])) > 15_000:
        show(parameters)
        parameters = []
    parameters.append(parameter)
if parameters:
    show(parameters)
