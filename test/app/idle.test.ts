/** @database either */
import { expect, it } from '@jest/globals';
import { features } from '../../src/app/features.ts';
import type { Parts } from '../../src/platform/feature/feature.ts';
import type { Job } from '../../src/platform/jobs/job.ts';
import { quietFeatures, useApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { noTransport } from '../support/mail.ts';
import { ProviderDouble } from '../support/provider-double.ts';
import { recordStatements } from '../support/statements.ts';

/** Every job runs, as often as by default. */
const service = useApp({}, { features, mailTransport: noTransport, payments: new ProviderDouble() });

it('a process in which nothing happens sends at most two statements a second', async () => {
  service();
  const { clockOf, restore } = forwarded(11_000);
  const { statements, looks, stop } = recordStatements();
  try {
    // Those that it had planned before.
    await eventually('a look', () => looks.length >= 2);
    const [before, begun] = [statements.length + looks.length, clockOf()];
    const last = looks.length;
    await eventually('some looks', () => looks.length >= last + 4);
    const perSecond = (statements.length + looks.length - before) / ((clockOf() - begun) / 1000);
    expect(perSecond).toBeLessThanOrEqual(2);
  } finally {
    stop();
    restore();
  }
});

it('services of tests leave out what runs although no row waits, unless the test sets its interval', () => {
  const job = { everyMs: 700, step: () => Promise.resolve('idle' as const) };
  const jobs: Job[] = [
    { ...job, name: 'closing', due: 'SELECT now()' },
    { ...job, name: 'following', due: undefined },
  ];
  const made = features.slice(0, 1).map((feature) => ({ ...feature, jobs: () => jobs }));
  const namesFor = (settings: Record<string, string>): string[] =>
    quietFeatures(settings, made).flatMap((feature) => feature.jobs({} as Parts).map(({ name }) => name));
  expect(namesFor({ HEAD_POLL_MS: '200' })).toEqual(['closing']);
  expect(namesFor({ NEW_POLL_MS: '700' })).toEqual(['closing', 'following']);
});

/** Puts the clock by which the process knows how long nothing has happened forward. */
function forwarded(ms: number): { readonly clockOf: () => number; readonly restore: () => void } {
  const original = performance.now.bind(performance);
  performance.now = () => original() + ms;
  return { clockOf: original, restore: () => (performance.now = original) };
}
