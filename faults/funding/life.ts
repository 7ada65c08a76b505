import type { FundingStep } from '../preload/funding-points.ts';
import type { MadePledge } from './backers.ts';
import type { FundingRig, Moment } from './rig.ts';

/** Where nodes die in the life of a campaign. */
export type Deaths = Readonly<Partial<Record<FundingStep, Moment>>>;

export interface LifeOptions {
  readonly articleId: string;
  readonly deaths: Deaths;
  /** Number of the life, by which its backers differ. */
  readonly number: number;
}

/** Amounts in minor units: what is given back, what stays, and what its backer would have to authenticate. */
const [given, kept, refused] = [1000, 9000, 700];
const paidOut = 5000;

/**
 * A campaign from its first pledge to a payout that comes back. Three readers pledge; one is refunded, and the payment of
 * another one demands an authentication, which ends it.
 */
export async function liveThrough(
  rig: FundingRig,
  { articleId, deaths, number }: LifeOptions,
): Promise<void> {
  const { backers, editor, provider } = rig;
  const campaignId = await backers.campaign(editor, articleId, given + kept + refused);
  const pledge = (index: number, amount: number): Promise<MadePledge> =>
    backers.pledge(rig.account((number * 3 + index) % 45), campaignId, amount);
  const isIn = async (statuses: readonly string[], ...pledges: readonly MadePledge[]): Promise<boolean> => {
    const rows = await rig.query<{ status: string }>(
      'SELECT status FROM pledge WHERE article_id = $1 AND id = ANY($2::bigint[])',
      [articleId, pledges.map(({ id }) => id)],
    );
    return rows.length === pledges.length && rows.every(({ status }) => statuses.includes(status));
  };

  const made: MadePledge[] = [];
  await rig.step('setUp', deaths.setUp, {
    begin: async () => void made.push(await pledge(0, given)),
    isDone: () => Promise.resolve(made.length === 1),
  });
  const [first] = made;
  if (!first) throw new Error('No pledge was made');
  await rig.step('complete', deaths.complete, {
    begin: () => backers.save(first, 'succeeds'),
    isDone: () => isIn(['ACTIVE'], first),
  });
  const [second, third] = [await pledge(1, refused), await pledge(2, kept)];
  await backers.save(second, 'authentication');
  const collecting: FundingStep = deaths.cancel === undefined ? 'collect' : 'cancel';
  await rig.step(collecting, deaths[collecting], {
    // With this pledge the goal is reached.
    begin: () => backers.save(third, 'succeeds'),
    isDone: async () => (await isIn(['COLLECTED'], first, third)) && isIn(['DROPPED'], second),
  });
  await rig.step('refund', deaths.refund, {
    begin: () => backers.refund(editor, articleId, first),
    isDone: () => isIn(['REFUNDED'], first),
  });
  const payout = async (): Promise<{ status: string; providerRef: string | null } | undefined> =>
    (
      await rig.query<{ status: string; providerRef: string | null }>(
        'SELECT status, provider_ref AS "providerRef" FROM payout WHERE article_id = $1',
        [articleId],
      )
    )[0];
  await rig.step('transfer', deaths.transfer, {
    begin: () => backers.payOut(editor, campaignId, paidOut),
    isDone: async () => (await payout())?.status === 'PAID',
  });
  await rig.step('reversal', deaths.reversal, {
    begin: async () => {
      const transferRef = (await payout())?.providerRef ?? '';
      await provider.provider.reverse({
        reversalKey: `reversal-${articleId}`,
        transferRef,
        currency: 'EUR',
        minorUnits: BigInt(paidOut),
      });
    },
    isDone: async () => (await payout())?.status === 'REVERSED',
  });
  rig.expected.push(
    { id: first.id, status: 'REFUNDED' },
    { id: second.id, status: 'DROPPED' },
    { id: third.id, status: 'COLLECTED' },
  );
}
