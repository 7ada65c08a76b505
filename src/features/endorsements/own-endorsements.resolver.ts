import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { ViewerAccount } from '../people/account/account.type.ts';
import { loadOwnPage } from '../articles/article/own-rows.show.ts';
import type { Counted } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { PageArgs } from '../../platform/graphql/page.ts';
import { endorsementByKey } from './endorsement.loader.ts';
import { Endorsement, EndorsementConnection } from './endorsement.type.ts';
import { ownEndorsements } from './own-endorsements.loader.ts';

/** The field of the viewer that lists the viewer's own endorsements. */
@Resolver(() => ViewerAccount)
export class OwnEndorsementsResolver {
  @FieldResolver(() => EndorsementConnection, {
    nullable: true,
    description:
      'The viewer’s own endorsements, newest first, of articles that the viewer may see; without withdrawn ones.',
  })
  endorsements(
    @Root() { accountId }: ViewerAccount,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<Counted<Endorsement>> {
    return loadOwnPage(context, accountId, args, {
      rows: ownEndorsements,
      variant: 'all',
      byKey: endorsementByKey,
      isShown: (row) => !row.withdrawn,
      toNode: (row) => Endorsement.from(row),
    });
  }
}
