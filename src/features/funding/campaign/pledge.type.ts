import { Field, ObjectType } from 'type-graphql';
import { countedConnectionType, edgeType } from '../../../platform/graphql/connection.ts';
import { graphqlEnum } from '../../../platform/graphql/enum.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import { Node } from '../../../platform/graphql/node.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import type { PledgeRow } from './pledge.queries.ts';
import type { PledgeStatus } from './transitions.ts';

export const PledgeStatusEnum = graphqlEnum<PledgeStatus>('PledgeStatus', 'The state of a pledge.', {
  SETUP: 'No means of payment is saved yet: the pledge does not count.',
  ACTIVE: 'It counts, and is collected if the milestone is reached.',
  DUE: 'The milestone is reached: the pledge is being collected.',
  COLLECTED: 'It was paid.',
  ACTION_REQUIRED: 'It could not be collected: its backer has to save another means of payment.',
  DROPPED: 'It could not be collected in time.',
  WITHDRAWN: 'Its backer has withdrawn it.',
  RELEASED: 'The campaign ended without it, or another pledge took its place: nothing is paid.',
  REFUNDED: 'It was paid, and was given back.',
  DISPUTED: 'It was paid, and its payer’s bank demands it back.',
  LOST: 'It was paid, and its payer’s bank has taken it back.',
});

/** A promise to pay. Only for its backer and for editors. */
@NeedsScope('FUND', 'ADMINISTER')
@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description:
    'An account’s promise to pay an amount if the open milestone is reached. Visible to its backer and to editors.',
})
export class Pledge extends Node {
  readonly articleId!: string;
  readonly pledgeId!: string;
  readonly milestonePosition!: number;
  /** Minor units of the campaign's currency. */
  readonly minorUnits!: bigint;
  /** Null once the account is gone. */
  readonly accountId!: string | null;
  readonly setUpUrl!: string | null;

  @Field(() => PledgeStatusEnum, { description: 'Its state.' })
  status!: PledgeStatus;

  @Field(() => String, { description: 'The pseudonym under which the campaign’s ledger has it.' })
  pseudonym!: string;

  @Field(() => Boolean, { description: 'Whether its backer is named in public. The amount always is.' })
  isNamed!: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      'Why it could not be collected, or given back, as a code of the payment provider; null if neither has failed.',
  })
  failureCode!: string | null;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt!: Date;

  static from(row: PledgeRow): Pledge {
    return Object.assign(new Pledge(), {
      id: encodeGlobalId('Pledge', row.articleId, row.id),
      articleId: row.articleId,
      pledgeId: row.id,
      milestonePosition: row.milestone,
      minorUnits: BigInt(row.amount),
      accountId: row.accountId,
      setUpUrl: row.setUpUrl,
      status: row.status,
      pseudonym: row.pseudonym,
      isNamed: row.displayName !== null,
      failureCode: row.failureCode,
      createdAt: row.createdAt,
    });
  }
}

export const PledgeEdge = edgeType(Pledge, 'Pledge');
export const PledgeConnection = countedConnectionType(Pledge, PledgeEdge, 'Pledge', {
  isStored: false,
  description: 'The number of edges in the whole list.',
});
