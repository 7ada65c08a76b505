import { Field, ObjectType } from 'type-graphql';
import { graphqlEnum } from '../../platform/graphql/enum.ts';
import { DateTimeScalar } from '../../platform/graphql/scalars.ts';
import { maskAddresses } from '../../platform/text/addresses.ts';
import type { MailedEndorsementRow } from './endorsement-link.queries.ts';

type State = MailedEndorsementRow['state'];

export const MailedEndorsementStateEnum = graphqlEnum<State>(
  'MailedEndorsementState',
  'What has become of an endorsement with a mailed link.',
  {
    PENDING: 'It waits for `confirmEndorsement`: nobody sees it, and it is not counted.',
    CONFIRMED: 'It is public, or was made public by another link or the account of the same address.',
    WITHDRAWN: 'It was withdrawn, before or after it was confirmed.',
  },
);

const masked = (text: string | null): string | null => (text === null ? null : maskAddresses(text));

/** An endorsement as its mailed link shows it. */
@ObjectType({
  simpleResolvers: true,
  description: 'An endorsement as its mailed link shows it. The address is not shown.',
})
export class MailedEndorsement {
  readonly articleId!: string;

  @Field(() => MailedEndorsementStateEnum, { description: 'What has become of it.' })
  state!: State;

  @Field(() => String, {
    nullable: true,
    description: 'The name, as the endorsement shows it; null once it is withdrawn.',
  })
  displayName!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The profession, organisation or place; null if none was given, and once it is withdrawn.',
  })
  affiliation!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The reason, as plain text; null if none was given, and once it is withdrawn.',
  })
  statement!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The time until which it can be confirmed; null unless it is `PENDING`.',
  })
  expiresAt!: Date | null;

  static from(row: MailedEndorsementRow): MailedEndorsement {
    return Object.assign(new MailedEndorsement(), {
      articleId: row.articleId,
      state: row.state,
      displayName: masked(row.displayName),
      affiliation: masked(row.affiliation),
      statement: masked(row.statement),
      expiresAt: row.state === 'PENDING' ? row.expiresAt : null,
    });
  }
}
