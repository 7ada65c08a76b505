import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { loadViewer } from '../account/account.resolver.ts';
import { ViewerAccount } from '../account/account.type.ts';
import { ViewerPayload } from '../account/credential.input.ts';
import { publicAuthorByAccountId } from '../comment/comment.loader.ts';
import { CommentAuthor } from '../comment/comment.type.ts';
import { type Context, requireViewer } from '../graphql/context.ts';
import { requireKeys } from '../graphql/global-id.ts';
import { NeverByToken } from '../graphql/needs-scope.ts';
import { Bounded } from '../graphql/price.ts';
import type { Viewer } from '../auth/viewer.ts';
import type { Result } from '../errors/errors.ts';
import { MuteAuthorInput, UnmuteAuthorInput } from './notification.input.ts';
import { maxMuted, mutedByAccountId } from './mute.loader.ts';
import type { MuteService } from './mute.service.ts';

/** Runs a command on one author. @returns the viewer as it is afterwards */
async function change(
  context: Context,
  authorId: string,
  command: (viewer: Viewer, accountId: string) => Promise<Result<string>>,
): Promise<ViewerPayload> {
  const viewer = requireViewer(context);
  await context.limits.useWrite();
  const [accountId] = requireKeys('CommentAuthor', 1, authorId);
  const result = await command(viewer, accountId);
  if (!result.ok) return { viewer: null, userErrors: result.userErrors };
  context.loaders.reset();
  return { viewer: await loadViewer(context, result.value), userErrors: [] };
}

@Resolver()
export class MuteResolver {
  readonly #mutes: MuteService;

  constructor(mutes: MuteService) {
    this.#mutes = mutes;
  }

  @NeverByToken()
  @Mutation(() => ViewerPayload, {
    description:
      'Mutes the author of public comments: the viewer’s notifications of their comments and endorsements are neither listed nor counted. They learn nothing of it.',
  })
  muteAuthor(
    @Arg('input', () => MuteAuthorInput, { description: 'Whom.' }) input: MuteAuthorInput,
    @Ctx() context: Context,
  ): Promise<ViewerPayload> {
    return change(context, input.authorId, (viewer, accountId) => this.#mutes.mute(viewer, accountId));
  }

  @NeverByToken()
  @Mutation(() => ViewerPayload, {
    description: 'Takes a mute back: notifications of that author are listed again.',
  })
  unmuteAuthor(
    @Arg('input', () => UnmuteAuthorInput, { description: 'Whom.' }) input: UnmuteAuthorInput,
    @Ctx() context: Context,
  ): Promise<ViewerPayload> {
    return change(context, input.authorId, (viewer, accountId) => this.#mutes.unmute(viewer, accountId));
  }
}

/** The people whom the viewer has muted. */
@Resolver(() => ViewerAccount)
export class ViewerMuteResolver {
  @NeverByToken()
  @Bounded(maxMuted)
  @FieldResolver(() => [CommentAuthor], {
    description:
      'The authors whom the viewer has muted, the last one first; without those who have no public comment now.',
  })
  async mutedAuthors(
    @Root() { accountId }: ViewerAccount,
    @Ctx() { loaders }: Context,
  ): Promise<CommentAuthor[]> {
    const ids = await loaders.get(mutedByAccountId).load(accountId);
    const authors = await Promise.all(ids.map((id) => loaders.get(publicAuthorByAccountId).load(id)));
    return authors.flatMap((author) => (author ? [CommentAuthor.ofAccount(author)] : []));
  }
}
