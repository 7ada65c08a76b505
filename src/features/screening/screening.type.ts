import { Field, Int, ObjectType } from 'type-graphql';
import { countedConnectionType, edgeType } from '../../platform/graphql/connection.ts';
import { graphqlEnum } from '../../platform/graphql/enum.ts';
import { encodeGlobalId } from '../../platform/graphql/global-id.ts';
import { Node } from '../../platform/graphql/node.ts';
import { Bounded } from '../../platform/graphql/price.ts';
import { DateTimeScalar } from '../../platform/graphql/scalars.ts';
import { type ArticleScreening, type HookDeadlineAction, maxHosts } from './screening-settings.ts';
import type { SettingsRow } from './screening.queries.ts';
import type { WordAction, WordMode } from './word-list.ts';
import type { WordRow } from './word.queries.ts';

export const WordModeEnum = graphqlEnum<WordMode>(
  'ModerationWordMode',
  'How a word is looked for in texts.',
  {
    EXACT: 'As a whole word, or as several; anywhere in scripts without spaces between words.',
    PREFIX: 'As the beginning of a word.',
    PATTERN: 'As a whole word in which `*` is any run of letters and digits, and `?` is one of them.',
  },
);

export const WordActionEnum = graphqlEnum<WordAction>(
  'ModerationWordAction',
  'What becomes of a text with a word of the list.',
  {
    HOLD: 'It waits for a moderator.',
    REFUSE: 'It is refused (TEXT_REFUSED), and its author is told for which words.',
  },
);

export const HookDeadlineActionEnum = graphqlEnum<HookDeadlineAction>(
  'HookDeadlineAction',
  'What becomes of a text that the hook has not decided about in time.',
  {
    PUBLISH: 'It becomes public, as a decision of the service.',
    HOLD: 'It goes on waiting, for a moderator.',
  },
);

/** What the site asks of comments before they are public. */
@ObjectType({
  simpleResolvers: true,
  description: 'What the site asks of comments, and of new texts of comments, before they are public.',
})
export class ModerationSettings {
  @Field(() => Int, {
    description: 'The number of changes of these settings and of `moderationWords` so far.',
  })
  revision!: number;

  @Field(() => Boolean, {
    description: 'Whether all comments wait for a moderator. Articles of their own: `Article.commentPolicy`.',
  })
  isPremoderated!: boolean;

  @Field(() => Int, {
    description: 'Comments of an account wait until it has this many public ones; 0: none waits for that.',
  })
  firstComments!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Comments with more links wait; null: any number of links is fine.',
  })
  maxLinks!: number | null;

  @Bounded(maxHosts)
  @Field(() => [String], {
    description: 'Hosts, each with its subdomains: comments with a link to one of them wait.',
  })
  heldHosts!: readonly string[];

  @Bounded(maxHosts)
  @Field(() => [String], {
    description: 'Hosts, each with its subdomains: links to them do not count for `maxLinks`.',
  })
  allowedHosts!: readonly string[];

  @Field(() => Boolean, {
    description: 'Whether a text waits that its author has sent within the last 24 hours, under any article.',
  })
  holdsRepeatedText!: boolean;

  @Field(() => Int, {
    description:
      'Seconds between two comments of an account on an article, unless the article has its own; 0: no slow mode.',
  })
  slowModeSeconds!: number;

  @Field(() => Int, { description: 'The number of reports that take a public comment back; 0: none does.' })
  reportsToHold!: number;

  @Field(() => Int, { description: 'Seconds for which a moderator’s claim lasts.' })
  claimSeconds!: number;

  @Field(() => Boolean, {
    description:
      'Whether the hook, a program of the publisher, is asked about every text that nothing else holds. The text waits until the hook has decided, or its time is over.',
  })
  asksHook!: boolean;

  @Field(() => Int, { description: 'Seconds in which the hook is to decide about a text.' })
  hookDeadlineSeconds!: number;

  @Field(() => HookDeadlineActionEnum, {
    description: 'What becomes of a text that the hook has not decided about in time.',
  })
  hookDeadlineAction!: HookDeadlineAction;

  static from(row: SettingsRow): ModerationSettings {
    return Object.assign(new ModerationSettings(), row);
  }
}

/** What an article asks instead of the site. */
@ObjectType({
  simpleResolvers: true,
  description: 'What an article asks of its comments instead of the site; null: what the site does.',
})
export class ArticleModeration {
  @Field(() => Int, { nullable: true, description: 'As `ModerationSettings.slowModeSeconds`.' })
  slowModeSeconds!: number | null;

  @Field(() => Int, { nullable: true, description: 'As `ModerationSettings.maxLinks`.' })
  maxLinks!: number | null;

  @Field(() => Int, { nullable: true, description: 'As `ModerationSettings.firstComments`.' })
  firstComments!: number | null;

  static from(row: ArticleScreening): ArticleModeration {
    return Object.assign(new ArticleModeration(), row);
  }
}

/** An entry of the list of words. */
@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: 'A word, or several, for which comments wait or are refused.',
})
export class ModerationWord extends Node {
  /** The account that has added it; null: it was erased. */
  readonly addedBy!: string | null;

  @Field(() => String, {
    description:
      'The text. Compared without regard to case, to compatible forms of characters and to characters that nobody sees.',
  })
  text!: string;

  @Field(() => WordModeEnum, { description: 'How it is looked for.' })
  mode!: WordMode;

  @Field(() => WordActionEnum, { description: 'What becomes of a text with it.' })
  action!: WordAction;

  @Field(() => String, {
    nullable: true,
    description:
      'The language (BCP 47) by whose rules upper and lower case are compared, which matters for Turkish and Azerbaijani; null: by the rules of all others. It is looked for in texts of any language.',
  })
  language!: string | null;

  @Field(() => DateTimeScalar, { description: 'When it was added.' })
  addedAt!: Date;

  static from(row: WordRow): ModerationWord {
    return Object.assign(new ModerationWord(), row, { id: encodeGlobalId('ModerationWord', row.id) });
  }
}

export const ModerationWordConnection = countedConnectionType(
  ModerationWord,
  edgeType(ModerationWord, 'ModerationWord'),
  'ModerationWord',
  { isStored: false, description: 'The number of edges in the whole list.' },
);
