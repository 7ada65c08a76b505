/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import type { Measured } from '../../faults/abuse/judge.ts';
import type { Step } from '../../faults/abuse/siege.ts';
import { type FaultReport, type Outcome, outcomeText, withFigures } from '../../faults/report.ts';

/* The output of the fault harness in a document. */

const measured: Measured = {
  stall: 87.4,
  ready: 12,
  page: 1,
  post: 2,
  event: 3,
  failed: 0,
  grown: 20 * 2 ** 20,
  kept: 2 ** 20,
  largestAnswer: 1_234_000,
};

const step: Step = {
  title: 'Many of one kind',
  measured,
  result: { isOver: true, requests: 62, largestAnswer: 1, answers: {}, notes: { rows: 3 }, faults: [] },
  faults: [],
};

const outcome: Outcome = {
  name: 'clock',
  title: 'The clock is stepped',
  outcome: 'held',
  seconds: 1,
  told: { steps: 3 },
  checked: { acknowledged: 7 },
  faults: [],
  steps: [],
};

const report = (...outcomes: Outcome[]): FaultReport => ({
  date: '2030-01-02T03:04:05Z',
  machine: { cores: 2, memoryGb: 4, platform: 'linux x64', node: 'v20', postgres: '15', load: 1 },
  form: 'long',
  seed: 1,
  outcomes,
});

const document = `Before

<!-- figures -->
old scenarios
<!-- end of figures -->

Between

<!-- figures of attacks -->
old attacks
<!-- end of figures of attacks -->

After`;

describe('the figures in a document', () => {
  it('are inserted at the markers of scenarios and of attacks', () => {
    const text = withFigures(document, report(outcome, { ...outcome, name: 'abuse', steps: [step] }));
    expect(text).not.toMatch(/old/);
    expect(text).toMatch(/Before[^]*The clock is stepped[^]*Between[^]*Many of one kind[^]*After/);
    expect(text.match(/Many of one kind/g)).toHaveLength(1);
    expect(text).toMatch(
      /\| Many of one kind +\| +held \| +62 \| +87 \| +12 \| +1 \/ 2 \/ 3 \| +20 \| +1 \| +1,234 \| +rows 3 \|/,
    );
  });

  it('stay where there are no new ones', () => {
    const withoutAttacks = withFigures(document, report(outcome));
    expect(withoutAttacks).toMatch(/The clock is stepped[^]*old attacks/);
    const attacksAlone = withFigures(document, report({ ...outcome, steps: [step] }));
    expect(attacksAlone).toMatch(/old scenarios[^]*Many of one kind/);
  });

  it('need markers in the document', () => {
    expect(() => withFigures('Nothing', report(outcome))).toThrow(/<!-- figures -->/);
  });
});

describe('an outcome on the terminal', () => {
  it('lists each attack, with the broken promises', () => {
    const broken = { ...step, faults: ['memory grew'] };
    const text = outcomeText({ ...outcome, outcome: 'broken', steps: [broken], faults: ['memory grew'] });
    expect(text).toMatch(/Many of one kind +\| +broken/);
    expect(text).toMatch(/^ +memory grew$/m);
  });
});
