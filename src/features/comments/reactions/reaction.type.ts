import { Field, Int, ObjectType } from 'type-graphql';
import { graphqlEnum } from '../../../platform/graphql/enum.ts';
import type { CommentRow } from '../thread/comment.queries.ts';
import type { ReactionKind } from './reaction.queries.ts';

export const ReactionKindEnum = graphqlEnum<ReactionKind>(
  'ReactionKind',
  'A kind of reaction to a comment.',
  {
    LIKE: 'Approval: “Well said.”',
    INSIGHTFUL: 'Insight: “I learned something.”',
    DISAGREE: 'Disagreement: “I see it differently.”',
  },
);

/** Number of reactions of one kind. */
@ObjectType({
  simpleResolvers: true,
  description:
    'The number of accounts with one kind of reaction to a comment; likes that came with an imported comment are counted as well.',
})
export class ReactionCount {
  @Field(() => ReactionKindEnum, { description: 'The kind of reaction.' })
  kind!: ReactionKind;

  @Field(() => Int, { description: 'The number of reactions. Always exact.' })
  count!: number;

  /** Counts of all kinds, in the order of the enum; empty for a tombstone. */
  static allOf(row: CommentRow): ReactionCount[] {
    if (row.status === 'REMOVED') return [];
    const counts: Readonly<Record<ReactionKind, number>> = {
      LIKE: row.likeCount,
      INSIGHTFUL: row.insightfulCount,
      DISAGREE: row.disagreeCount,
    };
    return (Object.keys(counts) as ReactionKind[]).map((kind) =>
      Object.assign(new ReactionCount(), { kind, count: counts[kind] }),
    );
  }
}
