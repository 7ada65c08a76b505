import { Resolver } from 'type-graphql';
import { OpenCommand } from '../../../platform/graphql/command.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { NeverByToken } from '../../../platform/graphql/needs-scope.ts';
import { IgnoresCredential } from '../../../platform/graphql/session-field.ts';
import { SessionPayload } from './account.input.ts';
import { signInClient, toSessionPayload } from './account.resolver.ts';
import { MailedLinkPayload, RequestSignInLinkInput, SignInWithLinkInput } from './credential.input.ts';
import { toLink } from './credential.resolver.ts';
import type { SignInLinkService } from './sign-in-link.service.ts';

@Resolver()
export class SignInLinkResolver {
  constructor(private readonly links: SignInLinkService) {}

  @NeverByToken()
  @IgnoresCredential()
  @OpenCommand(MailedLinkPayload, {
    description:
      'Mails a link that signs in to a reader’s account without a password, where the operator allows it (`SignInOptions.mailsLinks`; otherwise WRONG_STATUS). It is valid for a quarter of an hour. The answer is the same for an account with a password or with a role beside READER, and for an address without an account: their owners are mailed what to do instead.',
    input: [RequestSignInLinkInput, 'The address.'],
    counts: 'password-resets',
  })
  async requestSignInLink({ email }: RequestSignInLinkInput, context: Context): Promise<MailedLinkPayload> {
    return toLink(await this.links.request(email, signInClient(context)));
  }

  @NeverByToken()
  @IgnoresCredential()
  @OpenCommand(SessionPayload, {
    description:
      'Starts a session by a mailed link, which works once. It confirms the account’s address as well. Send it when the person presses a button: programs that check mails open every link.',
    input: [SignInWithLinkInput, 'The link.'],
    counts: 'sign-ins',
  })
  async signInWithLink({ token }: SignInWithLinkInput, context: Context): Promise<SessionPayload> {
    return toSessionPayload(await this.links.signIn(token, signInClient(context)), context);
  }
}
