/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import {
  campaignStatuses,
  type FundingStates,
  mayBecome,
  milestoneStatuses,
  paymentStatuses,
  payoutStatuses,
  pledgeStatuses,
  requireTransition,
  transitions,
} from '../../../src/features/funding/campaign/transitions.ts';

/** States in which a thing begins. */
const beginnings = {
  campaign: ['DRAFT'],
  milestone: ['PLANNED'],
  pledge: ['SETUP'],
  payment: ['CREATED'],
  payout: ['CREATED'],
} as const;

const states = {
  campaign: campaignStatuses,
  milestone: milestoneStatuses,
  pledge: pledgeStatuses,
  payment: paymentStatuses,
  payout: payoutStatuses,
} as const;

/** States from which money or a promise never comes back. */
const final: Readonly<Record<keyof FundingStates, readonly string[]>> = {
  campaign: ['SUCCEEDED', 'ENDED', 'CANCELLED'],
  milestone: ['FUNDED', 'SHORT', 'MISSED'],
  pledge: ['DROPPED', 'WITHDRAWN', 'RELEASED', 'REFUNDED', 'LOST'],
  payment: ['SUCCEEDED', 'FAILED'],
  payout: ['FAILED', 'REVERSED'],
};

describe.each(Object.keys(states) as (keyof FundingStates)[])('the states of a %s', (thing) => {
  const all: readonly string[] = states[thing];
  const next = transitions[thing] as Readonly<Record<string, readonly string[]>>;

  it('are all in the table, and all reached from the beginning', () => {
    expect(Object.keys(next).sort()).toEqual([...all].sort());
    const reached = new Set<string>(beginnings[thing]);
    for (const state of reached) for (const after of next[state] ?? []) reached.add(after);
    expect([...reached].sort()).toEqual([...all].sort());
  });

  it('change by the table alone', () => {
    for (const from of all)
      for (const to of all) {
        const isAllowed = next[from]?.includes(to) === true;
        expect(mayBecome(thing, from as never, to as never)).toBe(isAllowed);
        const move = () => requireTransition(thing, from as never, to as never);
        if (isAllowed) expect(move).not.toThrow();
        else expect(move).toThrow(`A ${thing} that is ${from} can not become ${to}`);
      }
  });

  it('end where they should', () => {
    expect(all.filter((state) => next[state]?.length === 0).sort()).toEqual([...final[thing]].sort());
  });
});
