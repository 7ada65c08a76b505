import { Field, ObjectType } from 'type-graphql';
import { graphqlEnum } from '../../platform/graphql/enum.ts';
import { DateTimeScalar } from '../../platform/graphql/scalars.ts';
import type { HoldRow } from './comment-hold.queries.ts';
import { type HoldPhase, holdPhases } from './phases.ts';

/** A phase, or the reports that have taken a comment back. */
export type HeldBy = HoldPhase | 'REPORTS';

export const HoldPhaseEnum = graphqlEnum<HeldBy>('HoldPhase', 'What has held a text for a moderator.', {
  PERSON: 'A moderator reads everything by this account first.',
  WORDS: 'The text has a word of the list.',
  LINKS: 'The text has too many links, or one to a certain host.',
  REPEATED_TEXT: 'The author has sent the same text within the last 24 hours.',
  FIRST_COMMENTS: 'It is one of the first comments of the account.',
  POLICY: 'A moderator reads everything on this article, or on this site, first.',
  REPORTS: 'Reports have taken the comment back.',
  HOOK: 'A program of the publisher reads every text that nothing else holds.',
});

/** @returns null for a phase that only a newer version of the service knows */
export const heldBy = (name: unknown): HeldBy | null =>
  name === 'REPORTS' ? name : (holdPhases.find((phase) => phase === name) ?? null);

/** Why a text waits for a moderator. */
@ObjectType({ simpleResolvers: true, description: 'Why a text waits for a moderator.' })
export class CommentHold {
  @Field(() => HoldPhaseEnum, { description: 'What has held the text.' })
  phase!: HoldPhase;

  @Field(() => String, {
    nullable: true,
    description:
      'The place that was found, as it stands in the text, such as a word or a link, at most 200 characters. Null if the reason is not about a place, and for the author, so that nobody can ask the lists word by word.',
  })
  match!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The rule that has found it, such as an entry of the list of words, a host, or `maxLinks: 2`. Null if there is but one, and for the author.',
  })
  rule!: string | null;

  @Field(() => DateTimeScalar, { description: 'Since when the text waits.' })
  heldAt!: Date;

  /** @returns null for a phase that only a newer version of the service knows */
  static from({ phase, match, rule, heldAt }: HoldRow, moderates: boolean): CommentHold | null {
    const known = holdPhases.find((name) => name === phase);
    if (known === undefined) return null;
    const found = moderates ? { match, rule } : { match: null, rule: null };
    return Object.assign(new CommentHold(), { phase: known, ...found, heldAt });
  }
}
