import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { ViewerAccount } from '../../people/account/account.type.ts';
import { ViewerPayload } from '../../people/credentials/credential.input.ts';
import { toViewer } from '../../people/credentials/credential.resolver.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import { AccountCommand } from '../../../platform/graphql/command.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { NeverByToken } from '../../../platform/graphql/needs-scope.ts';
import { Bounded } from '../../../platform/graphql/price.ts';
import { maxNotificationKinds } from '../../../platform/feature/notification.ts';
import type { MailPreferenceLoader } from './mail-preference.loader.ts';
import type { MailPreferenceService } from './mail-preference.service.ts';
import { MailPreference, SetMailPreferencesInput } from './mail-preference.type.ts';

@Resolver()
export class MailPreferenceResolver {
  constructor(private readonly preferences: MailPreferenceService) {}

  @NeverByToken()
  @AccountCommand(ViewerPayload, {
    description: 'Chooses how often the viewer gets mails about notifications, by their kinds.',
    input: [SetMailPreferencesInput, 'The choices.'],
  })
  async setMailPreferences(
    input: SetMailPreferencesInput,
    viewer: Viewer,
    context: Context,
  ): Promise<ViewerPayload> {
    return toViewer(await this.preferences.set(viewer, input.preferences), context);
  }
}

/** What the viewer has chosen about mails. */
@Resolver(() => ViewerAccount)
export class ViewerMailPreferenceResolver {
  /** @param preferences undefined: the service sends no mail */
  constructor(private readonly preferences: MailPreferenceLoader | undefined) {}

  @NeverByToken()
  @Bounded(maxNotificationKinds)
  @FieldResolver(() => [MailPreference], {
    nullable: true,
    description:
      'How often the viewer gets mails about each kind of notifications; null if the service sends no mail. Mails go to a confirmed address only.',
  })
  async mailPreferences(
    @Root() { accountId }: ViewerAccount,
    @Ctx() { loaders }: Context,
  ): Promise<readonly MailPreference[] | null> {
    return this.preferences ? loaders.get(this.preferences).load(accountId) : null;
  }
}
