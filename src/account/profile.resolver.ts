import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { type Context, requireViewer } from '../graphql/context.ts';
import { NeverByToken } from '../graphql/needs-scope.ts';
import type { Clock } from '../time/clock.ts';
import { ViewerAccount } from './account.type.ts';
import { PendingEmail } from './pending-email.type.ts';
import { ViewerPayload } from './credential.input.ts';
import { toViewer } from './credential.resolver.ts';
import { ChangeCommentListInput } from './profile.input.ts';
import type { ProfileService } from './profile.service.ts';

/** Fields and mutations of what others see of the viewer's account. */
@Resolver(() => ViewerAccount)
export class ProfileResolver {
  readonly #profiles: ProfileService;
  readonly #clock: Clock;

  constructor(profiles: ProfileService, clock: Clock) {
    this.#profiles = profiles;
    this.#clock = clock;
  }

  @NeverByToken()
  @FieldResolver(() => PendingEmail, {
    nullable: true,
    description:
      'The address for which the account has asked by `changeEmail`, until its link is opened or has expired; null if there is none. Whether somebody else has the address makes no difference.',
  })
  pendingEmail(@Root() { pendingEmail, pendingEmailUntil }: ViewerAccount): PendingEmail | null {
    if (pendingEmail === null || pendingEmailUntil === null) return null;
    return pendingEmailUntil > this.#clock.now()
      ? { email: pendingEmail, expiresAt: pendingEmailUntil }
      : null;
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
