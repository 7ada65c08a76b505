import { FieldResolver, Resolver, Root } from 'type-graphql';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Result } from '../../../platform/errors/errors.ts';
import { AccountCommand, OpenCommand } from '../../../platform/graphql/command.ts';
import { type Context, requireViewer } from '../../../platform/graphql/context.ts';
import { Bounded } from '../../../platform/graphql/price.ts';
import { NeedsProof, NeverByToken } from '../../../platform/graphql/needs-scope.ts';
import { IgnoresCredential } from '../../../platform/graphql/session-field.ts';
import { programOf } from '../../../platform/text/user-agent.ts';
import { ConfirmSignUpInput, SessionPayload } from './account.input.ts';
import { accountById } from '../account/account.loader.ts';
import { loadViewer, signInClient, toSessionPayload } from './account.resolver.ts';
import { ViewerAccount } from '../account/account.type.ts';
import {
  ChangeEmailInput,
  ChangeNameInput,
  ChangePasswordInput,
  ConfirmEmailInput,
  EndSessionInput,
  MailedLinkPayload,
  RequestPasswordResetInput,
  ResetPasswordInput,
  ViewerPayload,
} from './credential.input.ts';
import type { CredentialService } from './credential.service.ts';
import { ViewerSession } from '../sessions/own-session.type.ts';
import type { SessionService } from '../sessions/session.service.ts';
import type { SignUpService } from './sign-up.service.ts';

const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;
/** No session has it. */
const noSession = '00000000-0000-0000-0000-000000000000';

/** Most sessions of one account, by the largest setting. */
const maxSessions = 1000;

@Resolver(() => ViewerAccount)
export class CredentialResolver {
  constructor(
    private readonly signUps: SignUpService,
    private readonly credentials: CredentialService,
    private readonly sessionService: SessionService,
    private readonly sendsMail: boolean,
  ) {}

  @NeverByToken()
  @Bounded(maxSessions)
  @FieldResolver(() => [ViewerSession], {
    description: 'The sessions of this account that have not ended, the one that was used last first.',
  })
  async sessions(@Root() { viewer }: ViewerAccount): Promise<ViewerSession[]> {
    const rows = await this.sessionService.list(viewer);
    return rows.map((row) => {
      const { browser, system } = programOf(row.userAgent);
      return { ...row, browser, system, isCurrent: row.id === viewer.sessionId };
    });
  }

  @FieldResolver(() => Boolean, {
    description:
      'Whether the account may say nothing in public until its address is confirmed: the service sends mail, and `isEmailConfirmed` is false.',
  })
  mustConfirmEmail(@Root() { isEmailConfirmed }: ViewerAccount): boolean {
    return this.sendsMail && !isEmailConfirmed;
  }

  @NeverByToken()
  @IgnoresCredential()
  @OpenCommand(SessionPayload, {
    description:
      'Opens the account of a sign-up by the link that was mailed, and signs it in. An account that had the address without ever having confirmed it becomes this one: its password and its sessions end.',
    input: [ConfirmSignUpInput, 'The link and the proof.'],
    counts: 'sign-ins',
  })
  async confirmSignUp(
    { token, secret, password }: ConfirmSignUpInput,
    context: Context,
  ): Promise<SessionPayload> {
    const command = { token, secret: secret ?? undefined, password: password ?? undefined };
    return toSessionPayload(await this.signUps.confirm(command, signInClient(context)), context);
  }

  @NeverByToken()
  @IgnoresCredential()
  @OpenCommand(MailedLinkPayload, {
    description:
      'Mails a link to a new password to an account’s address. The answer is the same for an address without an account.',
    input: [RequestPasswordResetInput, 'The address.'],
    counts: 'password-resets',
  })
  async requestPasswordReset(input: RequestPasswordResetInput, context: Context): Promise<MailedLinkPayload> {
    return toLink(await this.credentials.requestPasswordReset(input.email, signInClient(context)));
  }

  @NeverByToken()
  @IgnoresCredential()
  @OpenCommand(SessionPayload, {
    description:
      'Gives an account a new password by a mailed link, ends all of its sessions, and signs it in. The link confirms the address as well. An erasure that has not begun is taken back.',
    input: [ResetPasswordInput, 'The link and the new password.'],
    counts: 'sign-ins',
  })
  async resetPassword(input: ResetPasswordInput, context: Context): Promise<SessionPayload> {
    return toSessionPayload(await this.credentials.resetPassword(input, signInClient(context)), context);
  }

  @NeedsProof()
  @AccountCommand(ViewerPayload, {
    description:
      'Gives the viewer’s account a new password, and ends its other sessions. An account without a password gets one by `requestPasswordReset`.',
    input: [ChangePasswordInput, 'The new password.'],
  })
  async changePassword(
    { newPassword }: ChangePasswordInput,
    viewer: Viewer,
    context: Context,
  ): Promise<ViewerPayload> {
    const account = await context.loaders.get(accountById).load(viewer.accountId);
    return toViewer(
      await this.credentials.changePassword(
        viewer,
        { newPassword, email: account?.email ?? '' },
        signInClient(context),
      ),
      context,
    );
  }

  @NeedsProof()
  @AccountCommand(MailedLinkPayload, {
    description:
      'Mails a link to another address, and a notice to the present one. The account gets the address by `confirmEmail`. A session that rests on another site’s word alone is refused (WRONG_STATUS). The answer is the same for an address that another account has.',
    input: [ChangeEmailInput, 'The new address.'],
  })
  async changeEmail(input: ChangeEmailInput, viewer: Viewer, context: Context): Promise<MailedLinkPayload> {
    return toLink(await this.credentials.changeEmail(viewer, input.email, signInClient(context)));
  }

  @NeverByToken()
  @AccountCommand(MailedLinkPayload, {
    description: 'Mails a link that confirms the present address of the viewer’s account.',
  })
  async requestEmailConfirmation(viewer: Viewer, context: Context): Promise<MailedLinkPayload> {
    return toLink(await this.credentials.requestEmailConfirmation(viewer, signInClient(context)));
  }

  @NeverByToken()
  @AccountCommand(ViewerPayload, {
    description:
      'Confirms an address by a mailed link, for the account that has asked for it. If the address is another one, the account’s other sessions end.',
    input: [ConfirmEmailInput, 'The link.'],
  })
  async confirmEmail({ token }: ConfirmEmailInput, viewer: Viewer, context: Context): Promise<ViewerPayload> {
    return toViewer(await this.credentials.confirmEmail(viewer, token), context);
  }

  @NeverByToken()
  @AccountCommand(ViewerPayload, {
    description:
      'Changes the name of the viewer’s account. What was endorsed keeps the name under which it was signed.',
    input: [ChangeNameInput, 'The new name.'],
  })
  async changeName({ name }: ChangeNameInput, viewer: Viewer, context: Context): Promise<ViewerPayload> {
    return toViewer(await this.credentials.changeName(viewer, name), context);
  }

  @NeedsProof()
  @AccountCommand(ViewerPayload, {
    description: 'Ends one session of the viewer’s account; its streams end within 2 s.',
    input: [EndSessionInput, 'The session.'],
  })
  async endSession({ sessionId }: EndSessionInput, viewer: Viewer, context: Context): Promise<ViewerPayload> {
    const id = uuid.test(sessionId) ? sessionId : noSession;
    return toViewer(await this.sessionService.endSession(viewer, id), context);
  }

  @NeedsProof()
  @AccountCommand(ViewerPayload, {
    description:
      'Ends all sessions of the viewer’s account but the present one; their streams end within 2 s.',
  })
  async endOtherSessions(viewer: Viewer, context: Context): Promise<ViewerPayload> {
    await this.sessionService.endOtherSessions(viewer);
    return toViewer({ ok: true, value: undefined }, context);
  }

  @NeedsProof()
  @AccountCommand(ViewerPayload, {
    description:
      'Has the viewer’s account erased a day from now: address, name and sessions go, comments stay without a name, reactions and endorsements go. `Viewer.eraseAt` says when. Never that of the last administrator who may act (LAST_ADMINISTRATOR).',
  })
  async requestErasure(viewer: Viewer, context: Context): Promise<ViewerPayload> {
    return toViewer(await this.credentials.requestErasure(viewer), context);
  }

  @NeverByToken()
  @AccountCommand(ViewerPayload, {
    description: 'Takes the erasure of the viewer’s account back; without one it changes nothing.',
  })
  async cancelErasure(viewer: Viewer, context: Context): Promise<ViewerPayload> {
    return toViewer(await this.credentials.cancelErasure(viewer), context);
  }
}

export const toLink = (result: Result<Date>): MailedLinkPayload =>
  result.ok
    ? { expiresAt: result.value, userErrors: [] }
    : { expiresAt: null, userErrors: result.userErrors };

/** The viewer's account after a command that changes it. */
export async function toViewer(result: Result<unknown>, context: Context): Promise<ViewerPayload> {
  if (!result.ok) return { viewer: null, userErrors: result.userErrors };
  context.loaders.reset();
  return { viewer: await loadViewer(context, requireViewer(context)), userErrors: [] };
}
