import { Resolver } from 'type-graphql';
import { ViewerPayload } from '../../people/credentials/credential.input.ts';
import { toViewer } from '../../people/credentials/credential.resolver.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import { AccountCommand } from '../../../platform/graphql/command.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { requireKeys } from '../../../platform/graphql/global-id.ts';
import { NeverByToken } from '../../../platform/graphql/needs-scope.ts';
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
  @AccountCommand(ViewerPayload, {
    description:
      'Mutes the author of public comments: the viewer’s notifications of their comments and endorsements are neither listed nor counted. They learn nothing of it.',
    input: [MuteAuthorInput, 'Whom.'],
  })
  async muteAuthor(input: MuteAuthorInput, viewer: Viewer, context: Context): Promise<ViewerPayload> {
    return toViewer(await this.mutes.mute(viewer, authorOf(input.authorId)), context);
  }

  @NeverByToken()
  @AccountCommand(ViewerPayload, {
    description: 'Takes a mute back: notifications of that author are listed again.',
    input: [UnmuteAuthorInput, 'Whom.'],
  })
  async unmuteAuthor(input: UnmuteAuthorInput, viewer: Viewer, context: Context): Promise<ViewerPayload> {
    return toViewer(await this.mutes.unmute(viewer, authorOf(input.authorId)), context);
  }

  @NeverByToken()
  @AccountCommand(ViewerPayload, {
    description:
      'Mutes an article: the viewer’s notifications of comments, replies and endorsements under it are neither listed nor counted. Those of decisions about the viewer’s own comments, and of its campaign, are.',
    input: [MuteArticleInput, 'Which.'],
  })
  async muteArticle(input: MuteArticleInput, viewer: Viewer, context: Context): Promise<ViewerPayload> {
    return toViewer(await this.mutes.muteDiscussion(viewer, articleOf(input.articleId)), context);
  }

  @NeverByToken()
  @AccountCommand(ViewerPayload, {
    description: 'Takes the mute of an article back: notifications of it are listed again.',
    input: [UnmuteArticleInput, 'Which.'],
  })
  async unmuteArticle(input: UnmuteArticleInput, viewer: Viewer, context: Context): Promise<ViewerPayload> {
    return toViewer(await this.mutes.unmuteDiscussion(viewer, articleOf(input.articleId)), context);
  }

  @NeverByToken()
  @AccountCommand(ViewerPayload, {
    description:
      'Mutes a comment with all replies below it: the viewer’s notifications of them are neither listed nor counted.',
    input: [MuteThreadInput, 'Which.'],
  })
  async muteThread(input: MuteThreadInput, viewer: Viewer, context: Context): Promise<ViewerPayload> {
    return toViewer(await this.mutes.muteDiscussion(viewer, threadOf(input.commentId)), context);
  }

  @NeverByToken()
  @AccountCommand(ViewerPayload, {
    description: 'Takes the mute of a thread back: notifications of it are listed again.',
    input: [UnmuteThreadInput, 'Which.'],
  })
  async unmuteThread(input: UnmuteThreadInput, viewer: Viewer, context: Context): Promise<ViewerPayload> {
    return toViewer(await this.mutes.unmuteDiscussion(viewer, threadOf(input.commentId)), context);
  }
}
