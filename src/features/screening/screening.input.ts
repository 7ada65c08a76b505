import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { maxUserErrors } from '../../platform/errors/errors.ts';
import { Bounded } from '../../platform/graphql/price.ts';
import { UserError } from '../../platform/graphql/user-error.type.ts';
import {
  type HookDeadlineAction,
  maxWordsAtOnce,
  maxLanguageLength,
  maxWordLength,
} from './screening-settings.ts';
import {
  HookDeadlineActionEnum,
  ModerationSettings,
  ModerationWord,
  WordActionEnum,
  WordModeEnum,
} from './screening.type.ts';
import type { WordAction, WordMode } from './word-list.ts';
import { MaxLength } from '../../platform/graphql/max-length.ts';
import { maxHostLength } from './links.ts';

const refusals =
  'The reasons for the refusal, one for each fault of the input; empty if the mutation succeeded.';

@InputType({ description: 'Hosts that come to a list, and hosts that leave it.' })
export class HostListChange {
  @MaxLength(maxHostLength)
  @Field(() => [String], {
    nullable: true,
    description:
      'Hosts to add, such as `example.org`: at most 100. What is in the list already changes nothing.',
  })
  add?: string[] | null;

  @MaxLength(maxHostLength)
  @Field(() => [String], {
    nullable: true,
    description: 'Hosts to remove: at most 100. What is not in the list changes nothing.',
  })
  remove?: string[] | null;
}

@InputType({ description: 'Changes of the site’s settings. What is absent stays as it is.' })
export class SetModerationSettingsInput {
  @Field(() => Boolean, { nullable: true, description: 'As in `ModerationSettings`.' })
  isPremoderated?: boolean | null;

  @Field(() => Int, { nullable: true, description: 'As in `ModerationSettings`: 0 to 100.' })
  firstComments?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'As in `ModerationSettings`: 0 to 100; null: any number of links.',
  })
  maxLinks?: number | null;

  @Field(() => HostListChange, {
    nullable: true,
    description: 'Changes of `ModerationSettings.heldHosts`, which has at most 1,000.',
  })
  heldHosts?: HostListChange | null;

  @Field(() => HostListChange, {
    nullable: true,
    description: 'Changes of `ModerationSettings.allowedHosts`, which has at most 1,000.',
  })
  allowedHosts?: HostListChange | null;

  @Field(() => Boolean, { nullable: true, description: 'As in `ModerationSettings`.' })
  holdsRepeatedText?: boolean | null;

  @Field(() => Int, { nullable: true, description: 'As in `ModerationSettings`: 0 to 86,400.' })
  slowModeSeconds?: number | null;

  @Field(() => Int, { nullable: true, description: 'As in `ModerationSettings`: 0 to 100.' })
  reportsToHold?: number | null;

  @Field(() => Int, { nullable: true, description: 'As in `ModerationSettings`: 30 to 3,600.' })
  claimSeconds?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'As in `ModerationSettings`. What waits for the hook goes on waiting when it is switched off.',
  })
  asksHook?: boolean | null;

  @Field(() => Int, {
    nullable: true,
    description: 'As in `ModerationSettings`: 10 to 86,400. It holds for texts that are sent from then on.',
  })
  hookDeadlineSeconds?: number | null;

  @Field(() => HookDeadlineActionEnum, {
    nullable: true,
    description: 'As in `ModerationSettings`. It holds for every text whose time ends from then on.',
  })
  hookDeadlineAction?: HookDeadlineAction | null;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `setModerationSettings`.' })
export class ModerationSettingsPayload {
  @Field(() => ModerationSettings, {
    nullable: true,
    description: 'The settings as they are now; null when refused.',
  })
  settings!: ModerationSettings | null;

  @Bounded(maxUserErrors)
  @Field(() => [UserError], { description: refusals })
  userErrors!: readonly UserError[];
}

@InputType({
  description:
    'Changes of what an article asks of its comments. What is absent stays as it is; null: the article does as the site. Whether comments wait for a moderator is set by `setCommentPolicy`.',
})
export class SetArticleModerationInput {
  @Field(() => ID, { description: 'The article.' })
  articleId!: string;

  @Field(() => Int, { nullable: true, description: 'As in `ModerationSettings`: 0 to 86,400.' })
  slowModeSeconds?: number | null;

  @Field(() => Int, { nullable: true, description: 'As in `ModerationSettings`: 0 to 100.' })
  maxLinks?: number | null;

  @Field(() => Int, { nullable: true, description: 'As in `ModerationSettings`: 0 to 100.' })
  firstComments?: number | null;
}

@InputType({ description: 'Which words are listed. All conditions have to hold.' })
export class ModerationWordFilter {
  @MaxLength(maxWordLength)
  @Field(() => String, {
    nullable: true,
    description: 'Only words with this in their text, compared as texts are.',
  })
  text?: string | null;
}

@InputType({ description: 'A word for the list.' })
export class ModerationWordInput {
  @MaxLength(maxWordLength)
  @Field(() => String, {
    description:
      'One line. A PATTERN is one word of at most 30 letters and digits beside `*`, at least two of which stand together.',
  })
  text!: string;

  @Field(() => WordModeEnum, {
    nullable: true,
    defaultValue: 'EXACT',
    description: 'How it is looked for. The list has at most 500 patterns.',
  })
  mode?: WordMode | null;

  @Field(() => WordActionEnum, {
    nullable: true,
    defaultValue: 'HOLD',
    description: 'What becomes of a text with it.',
  })
  action?: WordAction | null;

  @MaxLength(maxLanguageLength)
  @Field(() => String, { nullable: true, description: 'As in `ModerationWord`.' })
  language?: string | null;
}

@InputType({ description: 'Words for the list.' })
export class AddModerationWordsInput {
  @Field(() => [ModerationWordInput], {
    description: 'At most 500. If one of them is at fault, none is added. The list has at most 20,000.',
  })
  words!: ModerationWordInput[];
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `addModerationWords`.' })
export class AddModerationWordsPayload {
  @Bounded(maxWordsAtOnce)
  @Field(() => [ModerationWord], {
    description: 'The new entries, in the order of the input; none when refused.',
  })
  words!: readonly ModerationWord[];

  @Bounded(maxUserErrors)
  @Field(() => [UserError], { description: `${refusals} \`field\` has the position of the word, from 0.` })
  userErrors!: readonly UserError[];
}

@InputType({ description: 'Words to remove from the list.' })
export class RemoveModerationWordsInput {
  @Field(() => [ID], { description: 'The entries: at most 500. What is not on the list changes nothing.' })
  wordIds!: string[];
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `removeModerationWords`.' })
export class RemoveModerationWordsPayload {
  @Bounded(maxWordsAtOnce)
  @Field(() => [ID], { description: 'The entries that were removed; none when refused.' })
  removedWordIds!: readonly string[];

  @Bounded(maxUserErrors)
  @Field(() => [UserError], { description: refusals })
  userErrors!: readonly UserError[];
}
