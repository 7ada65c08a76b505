import { Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { ArticlePayload } from '../articles/article/article.input.ts';
import { canSetCommentPolicy } from '../articles/article/article.policy.ts';
import { loadArticle } from '../articles/article/article.show.ts';
import { Article } from '../articles/article/article.type.ts';
import { refusalToModerate } from '../../platform/auth/viewer.ts';
import type { Viewer } from '../../platform/auth/viewer.ts';
import { RequestError } from '../../platform/errors/errors.ts';
import { AccountCommand } from '../../platform/graphql/command.ts';
import { type Context, requireViewer } from '../../platform/graphql/context.ts';
import { requireKeys } from '../../platform/graphql/global-id.ts';
import { NeedsScope } from '../../platform/graphql/needs-scope.ts';
import { ViewerDependent } from '../../platform/graphql/viewer-field.ts';
import {
  ModerationSettingsPayload,
  SetArticleModerationInput,
  SetModerationSettingsInput,
} from './screening.input.ts';
import { screeningByArticleId, siteSettings, siteSlowModeSeconds } from './screening.loader.ts';
import { ArticleModeration, ModerationSettings } from './screening.type.ts';
import type { SettingsService } from './settings.service.ts';

@Resolver()
export class ModerationSettingsResolver {
  constructor(private readonly settings: SettingsService) {}

  @NeedsScope('MODERATE')
  @Query(() => ModerationSettings, {
    nullable: true,
    description: 'What the site asks of comments before they are public. For moderators.',
  })
  async moderationSettings(@Ctx() context: Context): Promise<ModerationSettings> {
    if (refusalToModerate(requireViewer(context))) throw new RequestError('FORBIDDEN');
    return ModerationSettings.from(await context.loaders.get(siteSettings).load('all'));
  }

  @NeedsScope('MODERATE')
  @AccountCommand(ModerationSettingsPayload, {
    description:
      'Changes what the site asks of comments. It holds for every comment that is sent from then on. For editors and administrators.',
    input: [SetModerationSettingsInput, 'The changes.'],
  })
  async setModerationSettings(
    input: SetModerationSettingsInput,
    viewer: Viewer,
    context: Context,
  ): Promise<ModerationSettingsPayload> {
    const result = await this.settings.setSettings(viewer, input);
    context.loaders.reset();
    return result.ok
      ? { settings: ModerationSettings.from(result.value), userErrors: [] }
      : { settings: null, userErrors: result.userErrors };
  }

  @NeedsScope('MODERATE')
  @AccountCommand(ArticlePayload, {
    description:
      'Changes what an article asks of its comments instead of the site. For its journalist, editors and moderators.',
    input: [SetArticleModerationInput, 'The changes.'],
  })
  async setArticleModeration(
    { articleId: id, slowModeSeconds, maxLinks, firstComments }: SetArticleModerationInput,
    viewer: Viewer,
    context: Context,
  ): Promise<ArticlePayload> {
    const [articleId] = requireKeys('Article', 1, id);
    const change = { slowModeSeconds, maxLinks, firstComments };
    const result = await this.settings.setArticle(viewer, articleId, change);
    if (!result.ok) return { article: null, userErrors: result.userErrors };
    context.loaders.reset();
    return { article: await loadArticle(context, articleId), userErrors: [] };
  }
}

/** Fields of articles about what they ask of comments. */
@Resolver(() => Article)
export class ArticleScreeningResolver {
  @FieldResolver(() => Int, {
    description:
      'Slow mode: the seconds between two comments of one account on this article; 0: there is none. It does not hold for the article’s journalist and for moderators.',
  })
  slowModeSeconds(@Root() { wholeRow }: Article, @Ctx() context: Context): number | Promise<number> {
    return wholeRow.slowModeSeconds ?? context.loaders.get(siteSlowModeSeconds).load();
  }

  @ViewerDependent()
  @FieldResolver(() => ArticleModeration, {
    nullable: true,
    description:
      'What the article asks of its comments instead of the site; null if the viewer may not set it (`setArticleModeration`).',
  })
  async viewerModeration(
    @Root() { articleId, facts }: Article,
    @Ctx() { viewer, loaders }: Context,
  ): Promise<ArticleModeration | null> {
    if (!canSetCommentPolicy(facts, viewer)) return null;
    const row = await loaders.get(screeningByArticleId).load(articleId);
    return row ? ArticleModeration.from(row) : null;
  }
}
