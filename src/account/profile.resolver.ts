import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { type Context, requireViewer } from '../graphql/context.ts';
import { NeverByToken } from '../graphql/needs-scope.ts';
import { ViewerPayload } from './credential.input.ts';
import { toViewer } from './credential.resolver.ts';
import { ChangeCommentListInput } from './profile.input.ts';
import type { ProfileService } from './profile.service.ts';

/** Mutations of what others see of the viewer's account. */
@Resolver()
export class ProfileResolver {
  readonly #profiles: ProfileService;

  constructor(profiles: ProfileService) {
    this.#profiles = profiles;
  }

  @NeverByToken()
  @Mutation(() => ViewerPayload, {
    description:
      'Says whether others may page through the public comments of the viewer’s account. The comments stay where they are.',
  })
  async changeCommentList(
    @Arg('input', () => ChangeCommentListInput, { description: 'The wish.' })
    { listsComments }: ChangeCommentListInput,
    @Ctx() context: Context,
  ): Promise<ViewerPayload> {
    const viewer = requireViewer(context);
    await context.limits.useWrite();
    return toViewer(await this.#profiles.changeCommentList(viewer, listsComments), context);
  }
}
