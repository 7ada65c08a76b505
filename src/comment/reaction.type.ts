import { Field, Int, ObjectType } from 'type-graphql';
import { graphqlEnum } from '../graphql/enum.ts';
import type { CommentRow } from './comment.queries.ts';
import type { ReactionKind } from './reaction.queries.ts';

export const ReactionKindEnum = graphqlEnum<ReactionKind>('ReactionKind', 'What one thinks of a comment.', {
  LIKE: 'Well said.',
  INSIGHTFUL: 'I learned something.',
  DISAGREE: 'I see it differently.',
});

/** Number of accounts that reacted in one way. */
@ObjectType({ simpleResolvers: true, description: 'How many accounts reacted to a comment in one way.' })
export class ReactionCount {
  @Field(() => ReactionKindEnum, { description: 'In which way.' })
  kind!: ReactionKind;

  @Field(() => Int, { description: 'How many. Exact at every moment.' })
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
