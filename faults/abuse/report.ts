import { table } from '../../harness/figures.ts';
import type { Step } from './siege.ts';

const columns = [
  'attack',
  'promises',
  'requests',
  'worst stall, ms',
  'ready, ms',
  'page / comment / event of others, ms',
  'growth, MB',
  'kept, MB',
  'largest answer, kB',
  'noted',
] as const;

const whole = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 0 });
const inMegabytes = (bytes: number): string => whole(bytes / 2 ** 20);

function row({ title, measured, result, faults }: Step): string[] {
  const { stall, ready, page, post, event, grown, kept, largestAnswer } = measured;
  const notes = Object.entries(result.notes).map(([name, value]) => `${name} ${value}`);
  return [
    title,
    faults.length > 0 ? 'broken' : 'held',
    whole(result.requests),
    whole(stall),
    whole(ready),
    [page, post, event].map(whole).join(' / '),
    inMegabytes(grown),
    inMegabytes(kept),
    whole(largestAnswer / 1000),
    notes.join('; ') || '–',
  ];
}

/** Attacks with their measurements, as Markdown. */
export const stepsText = (steps: readonly Step[]): string => table([[...columns], ...steps.map(row)]);

/** One attack when it is over, for the terminal. */
export function stepText(name: string, { measured, faults }: Step, seconds: number): string {
  const { stall, ready, page, post, event } = measured;
  const others = [page, post, event].map(whole).join(' / ');
  const outcome = faults.length > 0 ? `broken: ${faults.join('; ')}` : 'held';
  return `        ${name.padEnd(20)} ${seconds.toFixed(1).padStart(6)} s  stall ${whole(stall)}, ready ${whole(ready)}, others ${others} ms  ${outcome}`;
}
