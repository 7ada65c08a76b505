import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../platform/graphql/context.ts';
import { UserError } from '../../../platform/graphql/user-error.type.ts';
import { ViewerAccount } from './account.type.ts';
import { sanctionsByAccountId } from './sanction.loader.ts';
import { Sanction } from './sanction.type.ts';

/** What the viewer's account is sentenced to. */
@Resolver(() => ViewerAccount)
export class ViewerSanctionResolver {
  @FieldResolver(() => Sanction, {
    nullable: true,
    description: 'Why the account is suspended, and until when; null: it is not suspended.',
  })
  async suspension(
    @Root() { accountId }: ViewerAccount,
    @Ctx() { loaders }: Context,
  ): Promise<Sanction | null> {
    const { SUSPENSION: row } = await loaders.get(sanctionsByAccountId).load(accountId);
    return row ? Sanction.from(row) : null;
  }

  @FieldResolver(() => Sanction, {
    nullable: true,
    description:
      'Why comments of the account wait for a moderator, and until when; null: no moderator has decided so.',
  })
  async premoderation(
    @Root() { accountId }: ViewerAccount,
    @Ctx() { loaders }: Context,
  ): Promise<Sanction | null> {
    const { PREMODERATION: row } = await loaders.get(sanctionsByAccountId).load(accountId);
    return row ? Sanction.from(row) : null;
  }
}

/** Wherever a suspended account is refused, it learns why, and until when. */
@Resolver(() => UserError)
export class UserErrorSuspensionResolver {
  @FieldResolver(() => Sanction, {
    nullable: true,
    description:
      'With ACCOUNT_SUSPENDED: why the viewer’s account is suspended, and until when. Null with other codes, and if the suspension has just ended.',
  })
  async suspension(
    @Root() { code }: UserError,
    @Ctx() { viewer, loaders }: Context,
  ): Promise<Sanction | null> {
    if (code !== 'ACCOUNT_SUSPENDED' || !viewer) return null;
    const { SUSPENSION: row } = await loaders.get(sanctionsByAccountId).load(viewer.accountId);
    return row ? Sanction.from(row) : null;
  }
}
