/** @database either */
import { expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { useApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { noTransport } from '../support/mail.ts';
import { ProviderDouble } from '../support/provider-double.ts';
import { recordStatements } from '../support/statements.ts';

/** Everything is on, and looks as often as by default. */
const looks = ['HEAD', 'NOTIFICATION', 'SITE_LOG', 'WEBHOOK', 'MODERATION', 'MAIL', 'FUNDING'];
const service = useApp(Object.fromEntries(looks.map((name) => [`${name}_POLL_MS`, '1000'])), {
  mailTransport: noTransport,
  payments: new ProviderDouble(),
});

it('a process that has nothing to do sends as many statements as `docs/performance.md` says', async () => {
  const text = await readFile(new URL('../../docs/performance.md', import.meta.url), 'utf8');
  const said = Number(
    /\| statements without any request\s+\|\s+(\d+) a second of each process/.exec(text)?.[1],
  );
  service();
  const { statements, stop } = recordStatements();
  const begun = performance.now();
  try {
    await eventually(
      'some looks for mails',
      () => statements.filter((statement) => statement.includes('FROM mail WHERE look_at')).length >= 6,
    );
  } finally {
    stop();
  }
  const perSecond = statements.length / ((performance.now() - begun) / 1000);
  expect(perSecond).toBeLessThanOrEqual(said + 1);
  // A busy machine looks more seldom than it wants to.
  expect(perSecond).toBeGreaterThan(said / 3);
});
