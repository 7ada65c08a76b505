import { Field, ObjectType } from 'type-graphql';
import { countedConnectionType, edgeType } from '../../platform/graphql/connection.ts';
import { graphqlEnum } from '../../platform/graphql/enum.ts';
import { encodeGlobalId } from '../../platform/graphql/global-id.ts';
import { Node } from '../../platform/graphql/node.ts';
import { PartialDateTimeScalar } from '../../platform/graphql/scalars.ts';
import type { ShownName } from '../articles/journalist/name-marks.ts';
import { maskAddresses } from '../../platform/text/addresses.ts';
import type { PartialDateTime } from '../../platform/time/partial-date-time.ts';
import type { EndorsementOrigin, EndorsementRow } from './endorsement.queries.ts';

export const EndorsementOriginEnum = graphqlEnum<EndorsementOrigin>(
  'EndorsementOrigin',
  'How an endorsement was made.',
  {
    ACCOUNT: 'With an account.',
    EMAIL: 'Without an account: whoever reads the mails to an address confirmed it, and chose the name.',
    IMPORT: 'Somewhere else, and imported: this service has confirmed nobody’s identity.',
  },
);

/** One person’s public support for an article. */
@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: 'One person’s public support for an article.',
})
export class Endorsement extends Node {
  readonly articleId!: string;
  /** The name as it is stored, and whose it is. */
  readonly shown!: ShownName;

  @Field(() => String, { description: 'The person’s name.' })
  displayName!: string;

  @Field(() => String, { nullable: true, description: 'The person’s profession, organisation or place.' })
  affiliation!: string | null;

  @Field(() => String, { nullable: true, description: 'The person’s reason, as plain text.' })
  statement!: string | null;

  @Field(() => Boolean, { description: 'Whether the editors feature this endorsement.' })
  featured!: boolean;

  @Field(() => EndorsementOriginEnum, { description: 'How the endorsement was made.' })
  origin!: EndorsementOrigin;

  @Field(() => PartialDateTimeScalar, {
    description: 'The time of the endorsement, as exactly as it is known.',
  })
  createdAt!: PartialDateTime;

  static from(row: EndorsementRow): Endorsement {
    return Object.assign(new Endorsement(), {
      id: encodeGlobalId('Endorsement', row.articleId, row.id),
      articleId: row.articleId,
      shown: { accountId: row.accountId, name: row.displayName },
      displayName: maskAddresses(row.displayName),
      affiliation: row.affiliation === null ? null : maskAddresses(row.affiliation),
      statement: row.statement === null ? null : maskAddresses(row.statement),
      featured: row.featured,
      origin: row.origin,
      createdAt: { at: row.createdAt, precision: row.createdPrecision },
    });
  }
}

export const EndorsementEdge = edgeType(Endorsement, 'Endorsement');
export const EndorsementConnection = countedConnectionType(Endorsement, EndorsementEdge, 'Endorsement', {
  isStored: true,
  description: 'The number of edges in the whole list.',
});
