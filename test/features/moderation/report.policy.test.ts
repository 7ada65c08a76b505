/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { outcomeOf } from '../../../src/platform/screening/report-outcome.ts';
import { isBeyondReports, isInGoodStanding } from '../../../src/features/moderation/reports/report.policy.ts';

describe('the standing of a reporter', () => {
  const fresh = {
    isSuspended: false,
    isPremoderated: false,
    isUnconfirmed: false,
    upheld: 0,
    dismissed: 0,
    badFaith: 0,
  };
  const isGood = (facts: Partial<typeof fresh>, mustConfirm = true) =>
    isInGoodStanding({ ...fresh, ...facts }, mustConfirm);

  it('is good for an account without decided reports', () => {
    expect(isGood({})).toBe(true);
  });

  it('is lost at five reports that were found wrong, more than right ones', () => {
    expect(isGood({ dismissed: 4 })).toBe(true);
    expect(isGood({ dismissed: 5 })).toBe(false);
    expect(isGood({ upheld: 20, dismissed: 24 })).toBe(true);
    expect(isGood({ upheld: 20, dismissed: 25 })).toBe(false);
  });

  it('is lost at two reports in bad faith, each of which weighs as much as three wrong ones', () => {
    expect(isGood({ badFaith: 1 })).toBe(true);
    expect(isGood({ badFaith: 1, dismissed: 1 })).toBe(true);
    expect(isGood({ badFaith: 1, dismissed: 2 })).toBe(false);
    expect(isGood({ badFaith: 2 })).toBe(false);
    expect(isGood({ badFaith: 2, upheld: 2 })).toBe(true);
  });

  it('is not good for an account that may say nothing in public', () => {
    expect(isGood({ isSuspended: true, upheld: 50 })).toBe(false);
    expect(isGood({ isUnconfirmed: true, upheld: 50 })).toBe(false);
    expect(isGood({ isUnconfirmed: true }, false)).toBe(true);
  });
});

describe('reports alone', () => {
  const article = { status: 'PUBLISHED', commentPolicy: 'OPEN', ownerAccountId: '7' } as Parameters<
    typeof isBeyondReports
  >[0]['article'];

  it('never take back what staff or the article’s journalist have written', () => {
    const by = (accountId: string | null, ...roles: Parameters<typeof isBeyondReports>[1]) =>
      isBeyondReports({ accountId, article }, roles);
    expect(by('8', 'READER')).toBe(false);
    expect(by('8', 'READER', 'JOURNALIST')).toBe(false);
    expect(by('7', 'READER', 'JOURNALIST')).toBe(true);
    for (const role of ['MODERATOR', 'EDITOR', 'ADMINISTRATOR'] as const)
      expect(by('8', 'READER', role)).toBe(true);
    expect(by(null)).toBe(false);
  });
});

describe('the outcome that a reporter learns', () => {
  it('does not say that the report was found to be in bad faith', () => {
    expect(outcomeOf('BAD_FAITH')).toBe(outcomeOf('DISMISSED'));
    expect(outcomeOf('UPHELD')).toBe('ACTION_TAKEN');
    expect(outcomeOf('OPEN')).toBe('OPEN');
    expect(outcomeOf('OBSOLETE')).toBe('OBSOLETE');
  });
});
