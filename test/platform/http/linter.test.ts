/** @database none */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';

describe('the linter', () => {
  let rule: Linter.RuleEntry;

  beforeAll(async () => {
    const { default: config } = (await import(
      new URL('../../../eslint.config.js', import.meta.url).href
    )) as {
      default: Linter.Config[];
    };
    const block = config.find(({ files }) => files?.includes('src/**/*.ts') === true);
    rule = block?.rules?.['no-restricted-syntax'] ?? 'off';
  });

  const messages = (code: string): string[] =>
    new Linter()
      .verify(
        code,
        [
          {
            files: ['**/*.ts'],
            languageOptions: { parser: tseslint.parser },
            rules: { 'no-restricted-syntax': rule },
          },
        ],
        'src/platform/http/some.ts',
      )
      .map(({ message }) => message);

  const readers = [
    'request.headers.host;',
    "request.headers['host'];",
    "request.headers['x-forwarded-host'];",
    'headers.host;',
    'request.host;',
    'request.hostname;',
    'const { host } = request.headers;',
    'const { origin, host } = headers;',
    'const { hostname } = request;',
    'function f({ host }: FastifyRequest) { return host; }',
    'const f = ({ origin, host: name }: IncomingHttpHeaders) => name;',
  ];

  it('finds what reads the Host header', () => {
    for (const code of readers)
      expect([code, messages(code)]).toEqual([
        code,
        [expect.stringContaining('The Host header is the client’s')],
      ]);
    for (const code of ['url.host;', 'const { host } = url;', 'config.host;', 'headers.origin;'])
      expect([code, messages(code)]).toEqual([code, []]);
  });

  it('finds a scope of an account without its viewer', () => {
    for (const code of ['({ client: clientOf(viewer) });', '({ client: `account:${id}` });'])
      expect([code, messages(code)]).toEqual([code, [expect.stringContaining('is given the viewer')]]);
    for (const code of ['({ viewer });', '({ client: client.address });'])
      expect([code, messages(code)]).toEqual([code, []]);
  });

  it('finds what compiles texts of clients', () => {
    for (const code of [
      'app.hasRoute({ url, method });',
      "const f = (text) => new RegExp(text, 'u');",
      'function f(text) { return RegExp(`^${text}$`).test(name); }',
    ])
      expect([code, messages(code)]).toEqual([code, [expect.stringMatching(/compiles|are constants/)]]);
    for (const code of ['app.findRoute({ url, method });', 'const form = new RegExp(`^${part}$`);'])
      expect([code, messages(code)]).toEqual([code, []]);
  });

  it('finds what receives bodies that are not counted', () => {
    const counted = "app.addContentTypeParser('*', receiveBytes);";
    expect(messages(counted)).toEqual([]);
    for (const code of [
      counted.replace('receiveBytes', "{ parseAs: 'buffer' }, done"),
      counted.replace('receiveBytes', '(request, payload) => read(payload)'),
      "const options = { parseAs: 'string' };",
    ])
      expect([code, messages(code)]).toEqual([
        code,
        expect.arrayContaining([expect.stringContaining('which counts them')]),
      ]);
  });
});
