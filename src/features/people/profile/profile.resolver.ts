import { Field, FieldResolver, InputType, Resolver, Root } from 'type-graphql';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import { AccountCommand } from '../../../platform/graphql/command.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { NeverByToken } from '../../../platform/graphql/needs-scope.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import { ViewerAccount } from '../account/account.type.ts';
import { PendingEmail } from '../account/pending-email.type.ts';
import { ViewerPayload } from '../credentials/credential.input.ts';
import { toViewer } from '../credentials/credential.resolver.ts';
import type { PictureService } from './picture.service.ts';
import type { ProfileService } from './profile.service.ts';

@InputType({ description: 'Whether others may page through the account’s comments.' })
class ChangeCommentListInput {
  @Field(() => Boolean, {
    description: 'True: `CommentAuthor.comments` lists the account’s public comments; false: it is null.',
  })
  listsComments!: boolean;
}

/** Fields and mutations of what others see of the viewer's account. */
@Resolver(() => ViewerAccount)
export class ProfileResolver {
  constructor(
    private readonly profiles: ProfileService,
    private readonly pictures: PictureService,
    private readonly clock: Clock,
    private readonly takesPictures: boolean,
  ) {}

  @FieldResolver(() => Boolean, {
    description: 'Whether the service takes pictures of accounts, by POST to `/account/picture`.',
  })
  canSendPicture(@Root() _account: ViewerAccount): boolean {
    return this.takesPictures;
  }

  @NeverByToken()
  @AccountCommand(ViewerPayload, {
    description: 'Takes the picture of the viewer’s account away. Without one this changes nothing.',
  })
  async removePicture(viewer: Viewer, context: Context): Promise<ViewerPayload> {
    return toViewer(await this.pictures.remove(viewer), context);
  }

  @NeverByToken()
  @FieldResolver(() => PendingEmail, {
    nullable: true,
    description:
      'The address for which the account has asked by `changeEmail`, until its link is opened or has expired; null if there is none. Whether somebody else has the address makes no difference.',
  })
  pendingEmail(@Root() { pendingEmail, pendingEmailUntil }: ViewerAccount): PendingEmail | null {
    if (pendingEmail === null || pendingEmailUntil === null) return null;
    return pendingEmailUntil > this.clock.now()
      ? { email: pendingEmail, expiresAt: pendingEmailUntil }
      : null;
  }

  @NeverByToken()
  @AccountCommand(ViewerPayload, {
    description:
      'Says whether others may page through the public comments of the viewer’s account. The comments stay where they are.',
    input: [ChangeCommentListInput, 'The wish.'],
  })
  async changeCommentList(
    { listsComments }: ChangeCommentListInput,
    viewer: Viewer,
    context: Context,
  ): Promise<ViewerPayload> {
    return toViewer(await this.profiles.changeCommentList(viewer, listsComments), context);
  }
}
