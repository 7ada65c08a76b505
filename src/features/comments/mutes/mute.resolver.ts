import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { ViewerPayload } from '../../people/credentials/credential.input.ts';
import { toViewer } from '../../people/credentials/credential.resolver.ts';
import { type Context, requireViewer } from '../../../platform/graphql/context.ts';
import { requireKeys } from '../../../platform/graphql/global-id.ts';
import { NeverByToken } from '../../../platform/graphql/needs-scope.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Result } from '../../../platform/errors/errors.ts';
import {
  MuteArticleInput,
  MuteAuthorInput,
  MuteThreadInput,
  UnmuteArticleInput,
  UnmuteAuthorInput,
  UnmuteThreadInput,
} from './mute.input.ts';
import { discussionOfArticle } from './mute.loader.ts';
import type { MuteService } from './mute.service.ts';

/** Runs a command on the viewer's mutes. @returns the viewer as it is afterwards */
async function change(
  context: Context,
  command: (viewer: Viewer) => Promise<Result<unknown>>,
): Promise<ViewerPayload> {
  const viewer = requireViewer(context);
  await context.limits.useWrite();
  return toViewer(await command(viewer), context);
}

const authorOf = (id: string): string => requireKeys('CommentAuthor', 1, id)[0];

const articleOf = (id: string) => discussionOfArticle(requireKeys('Article', 1, id)[0]);

function threadOf(id: string): { articleId: string; commentId: string } {
  const [articleId, commentId] = requireKeys('Comment', 2, id);
  return { articleId, commentId };
}

@Resolver()
export class MuteResolver {
  constructor(private readonly mutes: MuteService) {}

  @NeverByToken()
  @Mutation(() => ViewerPayload, {
    description:
      'Mutes the author of public comments: the viewer’s notifications of their comments and endorsements are neither listed nor counted. They learn nothing of it.',
  })
  muteAuthor(
    @Arg('input', () => MuteAuthorInput, { description: 'Whom.' }) input: MuteAuthorInput,
    @Ctx() context: Context,
  ): Promise<ViewerPayload> {
    return change(context, (viewer) => this.mutes.mute(viewer, authorOf(input.authorId)));
  }

  @NeverByToken()
  @Mutation(() => ViewerPayload, {
    description: 'Takes a mute back: notifications of that author are listed again.',
  })
  unmuteAuthor(
    @Arg('input', () => UnmuteAuthorInput, { description: 'Whom.' }) input: UnmuteAuthorInput,
    @Ctx() context: Context,
  ): Promise<ViewerPayload> {
    return change(context, (viewer) => this.mutes.unmute(viewer, authorOf(input.authorId)));
  }

  @NeverByToken()
  @Mutation(() => ViewerPayload, {
    description:
      'Mutes an article: the viewer’s notifications of comments, replies and endorsements under it are neither listed nor counted. Those of decisions about the viewer’s own comments, and of its campaign, are.',
  })
  muteArticle(
    @Arg('input', () => MuteArticleInput, { description: 'Which.' }) input: MuteArticleInput,
    @Ctx() context: Context,
  ): Promise<ViewerPayload> {
    return change(context, (viewer) => this.mutes.muteDiscussion(viewer, articleOf(input.articleId)));
  }

  @NeverByToken()
  @Mutation(() => ViewerPayload, {
    description: 'Takes the mute of an article back: notifications of it are listed again.',
  })
  unmuteArticle(
    @Arg('input', () => UnmuteArticleInput, { description: 'Which.' }) input: UnmuteArticleInput,
    @Ctx() context: Context,
  ): Promise<ViewerPayload> {
    return change(context, (viewer) => this.mutes.unmuteDiscussion(viewer, articleOf(input.articleId)));
  }

  @NeverByToken()
  @Mutation(() => ViewerPayload, {
    description:
      'Mutes a comment with all replies below it: the viewer’s notifications of them are neither listed nor counted.',
  })
  muteThread(
    @Arg('input', () => MuteThreadInput, { description: 'Which.' }) input: MuteThreadInput,
    @Ctx() context: Context,
  ): Promise<ViewerPayload> {
    return change(context, (viewer) => this.mutes.muteDiscussion(viewer, threadOf(input.commentId)));
  }

  @NeverByToken()
  @Mutation(() => ViewerPayload, {
    description: 'Takes the mute of a thread back: notifications of it are listed again.',
  })
  unmuteThread(
    @Arg('input', () => UnmuteThreadInput, { description: 'Which.' }) input: UnmuteThreadInput,
    @Ctx() context: Context,
  ): Promise<ViewerPayload> {
    return change(context, (viewer) => this.mutes.unmuteDiscussion(viewer, threadOf(input.commentId)));
  }
}
