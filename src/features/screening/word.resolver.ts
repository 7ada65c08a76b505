import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql';
import { refusalToModerate } from '../../platform/auth/viewer.ts';
import type { Viewer } from '../../platform/auth/viewer.ts';
import { RequestError } from '../../platform/errors/errors.ts';
import { AccountCommand } from '../../platform/graphql/command.ts';
import { type Counted, counted, toConnection } from '../../platform/graphql/connection.ts';
import { type Context, requireViewer } from '../../platform/graphql/context.ts';
import { encodeGlobalId, requireKeys } from '../../platform/graphql/global-id.ts';
import { NeedsScope } from '../../platform/graphql/needs-scope.ts';
import { nodeFinder } from '../../platform/graphql/node.ts';
import { PageArgs, pageRequest } from '../../platform/graphql/page.ts';
import { foldedString, foldText } from '../../platform/text/fold.ts';
import { maxWordLength } from './screening-settings.ts';
import {
  AddModerationWordsInput,
  AddModerationWordsPayload,
  ModerationWordFilter,
  RemoveModerationWordsInput,
  RemoveModerationWordsPayload,
} from './screening.input.ts';
import { wordById, wordCount, wordPages } from './screening.loader.ts';
import { ModerationWord, ModerationWordConnection } from './screening.type.ts';
import type { WordService } from './word.service.ts';

@Resolver()
export class ModerationWordResolver {
  constructor(private readonly words: WordService) {}

  @NeedsScope('MODERATE')
  @Query(() => ModerationWordConnection, {
    nullable: true,
    description: 'The words for which comments wait or are refused, newest first. For moderators.',
  })
  async moderationWords(
    @Arg('filter', () => ModerationWordFilter, { nullable: true, description: 'Which words; absent: all.' })
    filter: ModerationWordFilter | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<Counted<ModerationWord>> {
    if (refusalToModerate(requireViewer(context))) throw new RequestError('FORBIDDEN');
    const text = filter?.text ?? '';
    if (text.length > 2 * maxWordLength || [...text].length > maxWordLength)
      throw new RequestError('BAD_USER_INPUT', `\`filter.text\` takes at most ${maxWordLength} characters.`);
    const part = foldedString(foldText(text.trim()));
    const request = pageRequest(args);
    const page = await context.loaders.get(wordPages).load({ scope: part, variant: null, request });
    const connection = toConnection(page, (row) => ModerationWord.from(row));
    return counted(connection, () => context.loaders.get(wordCount).load(part));
  }

  @NeedsScope('MODERATE')
  @AccountCommand(AddModerationWordsPayload, {
    description:
      'Adds words to the list. They hold for every text that is sent from then on, and for none that was sent before. For moderators.',
    input: [AddModerationWordsInput, 'The words.'],
  })
  async addModerationWords(
    { words }: AddModerationWordsInput,
    viewer: Viewer,
    context: Context,
  ): Promise<AddModerationWordsPayload> {
    const given = words.map(({ text, mode, action, language }) => ({
      text,
      mode: mode ?? 'EXACT',
      action: action ?? 'HOLD',
      language: language ?? null,
    }));
    const result = await this.words.addWords(viewer, given);
    if (!result.ok) return { words: [], userErrors: result.userErrors };
    context.loaders.reset();
    const rows = await context.loaders.get(wordById).loadMany([...result.value]);
    return {
      words: rows.flatMap((row) => (row && 'text' in row ? [ModerationWord.from(row)] : [])),
      userErrors: [],
    };
  }

  @NeedsScope('MODERATE')
  @AccountCommand(RemoveModerationWordsPayload, {
    description: 'Removes words from the list. What waits because of them goes on waiting. For moderators.',
    input: [RemoveModerationWordsInput, 'The words.'],
  })
  async removeModerationWords(
    { wordIds }: RemoveModerationWordsInput,
    viewer: Viewer,
    context: Context,
  ): Promise<RemoveModerationWordsPayload> {
    const ids = wordIds.map((id) => requireKeys('ModerationWord', 1, id)[0]);
    const result = await this.words.removeWords(viewer, ids);
    if (!result.ok) return { removedWordIds: [], userErrors: result.userErrors };
    context.loaders.reset();
    return { removedWordIds: result.value.map((id) => encodeGlobalId('ModerationWord', id)), userErrors: [] };
  }
}

/** Finds an entry of the list of words, for moderators. */
export const findModerationWordNode = nodeFinder(1, async ([id = ''], { viewer, loaders }) => {
  if (refusalToModerate(viewer)) return null;
  const row = await loaders.get(wordById).load(id);
  return row ? ModerationWord.from(row) : null;
});
