import { Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { hasRole, type Viewer } from '../../../platform/auth/viewer.ts';
import { ViewerAccount } from '../account/account.type.ts';
import { RequestError } from '../../../platform/errors/errors.ts';
import { type Connection, toConnection } from '../../../platform/graphql/connection.ts';
import { type Context, requireViewer } from '../../../platform/graphql/context.ts';
import { NeverByToken } from '../../../platform/graphql/needs-scope.ts';
import { PageArgs, pageRequest } from '../../../platform/graphql/page.ts';
import { outgoingMailPages } from './outgoing-mail.loader.ts';
import { OutgoingMail, OutgoingMailConnection } from './outgoing-mail.type.ts';

/** Whether a viewer may read mails to other people, where they can be read at all. */
function canReadOutgoingMails(viewer: Viewer | null): boolean {
  return hasRole(viewer, 'ADMINISTRATOR') && viewer?.suspended === false;
}

@Resolver()
export class OutgoingMailResolver {
  /** @param areKept whether the service keeps its mails instead of sending them */
  constructor(private readonly areKept: boolean) {}

  // Some give rights to their readers.
  @NeverByToken()
  @Query(() => OutgoingMailConnection, {
    nullable: true,
    description:
      'The mails that the service would have sent if it had a mail server, newest first. Only a service on the embedded database without `SMTP_URL`, not in production, has them; every other one refuses with FORBIDDEN. For administrators.',
  })
  async outgoingMails(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<Connection<OutgoingMail>> {
    if (!canReadOutgoingMails(requireViewer(context))) throw new RequestError('FORBIDDEN');
    if (!this.areKept)
      throw new RequestError(
        'FORBIDDEN',
        'This service does not write its mails to a folder: nobody can read them here.',
      );
    const request = pageRequest(args);
    const page = await context.loaders.get(outgoingMailPages).load({ scope: null, variant: null, request });
    return toConnection(page, (row) => OutgoingMail.from(row));
  }
}

/** The field of the viewer about mails. */
@Resolver(() => ViewerAccount)
export class ViewerMailResolver {
  /** @param areKept as above */
  constructor(private readonly areKept: boolean) {}

  @FieldResolver(() => Boolean, {
    description: 'Whether the account may read `outgoingMails`, and the service has them.',
  })
  canReadOutgoingMails(@Root() { viewer }: ViewerAccount): boolean {
    return this.areKept && canReadOutgoingMails(viewer);
  }
}
