import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Viewer } from '../account/account.type.ts';
import { toConnection } from '../graphql/connection.ts';
import type { Context } from '../graphql/context.ts';
import { PageArgs, pageRequest } from '../graphql/page.ts';
import { endorsementByKey } from './endorsement.loader.ts';
import type { CountedEndorsements } from './endorsement.resolver.ts';
import { Endorsement, EndorsementConnection } from './endorsement.type.ts';
import { ownEndorsementCount, ownEndorsementCursor, ownEndorsementPages } from './own-endorsements.loader.ts';

/** One's own endorsements. */
@Resolver(() => Viewer)
export class OwnEndorsementsResolver {
  @FieldResolver(() => EndorsementConnection, {
    nullable: true,
    description:
      'Your own endorsements, newest first, of articles that are there for you. Withdrawn ones are gone.',
  })
  async endorsements(
    @Root() { accountId }: Viewer,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders }: Context,
  ): Promise<CountedEndorsements> {
    const key = { scope: accountId, variant: null, request: pageRequest(args) };
    const page = await loaders.get(ownEndorsementPages).load(key);
    const endorsements = await loaders.get(endorsementByKey).loadMany(page.rows);
    // One that was withdrawn between the two statements is left out.
    const shown = page.rows.flatMap((row, index) => {
      const endorsement = endorsements[index];
      if (endorsement instanceof Error) throw endorsement;
      return endorsement && !endorsement.withdrawn ? [{ row, endorsement }] : [];
    });
    const connection = toConnection(
      { ...page, rows: shown },
      ({ row }) => ownEndorsementCursor(accountId, row),
      ({ endorsement }) => Endorsement.from(endorsement),
    );
    return { ...connection, countTotal: loaders.get(ownEndorsementCount) };
  }
}
