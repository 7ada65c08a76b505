import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { sanctionsByAccountId } from '../../people/account/sanction.loader.ts';
import { Sanction } from '../../people/account/sanction.type.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { pointsOfCount } from '../../../platform/graphql/price.ts';
import { ViewerDependent } from '../../../platform/graphql/viewer-field.ts';
import { commentCountsByPersonId } from '../persons/person.loader.ts';
import { Person, PersonCommentCounts } from '../persons/person.type.ts';
import { refusalToChangeRoles, refusalToSanction } from '../sanctions/sanction.policy.ts';

/** How an account stands. */
@Resolver(() => Person)
export class PersonFactsResolver {
  @FieldResolver(() => Sanction, {
    nullable: true,
    description: 'The suspension or the ban that stands; null: the account may write.',
  })
  async suspension(@Root() { accountId }: Person, @Ctx() { loaders }: Context): Promise<Sanction | null> {
    const { SUSPENSION: row } = await loaders.get(sanctionsByAccountId).load(accountId);
    return row ? Sanction.from(row) : null;
  }

  @FieldResolver(() => Sanction, {
    nullable: true,
    description: 'The premoderation that stands; null: there is none.',
  })
  async premoderation(@Root() { accountId }: Person, @Ctx() { loaders }: Context): Promise<Sanction | null> {
    const { PREMODERATION: row } = await loaders.get(sanctionsByAccountId).load(accountId);
    return row ? Sanction.from(row) : null;
  }

  @FieldResolver(() => PersonCommentCounts, {
    description: 'The numbers of the account’s comments by their states. Always exact.',
    complexity: ({ childComplexity }) => childComplexity + 2 * pointsOfCount,
  })
  async commentCounts(
    @Root() { accountId }: Person,
    @Ctx() { loaders }: Context,
  ): Promise<PersonCommentCounts> {
    return PersonCommentCounts.from(await loaders.get(commentCountsByPersonId).load(accountId));
  }

  @ViewerDependent()
  @FieldResolver(() => Boolean, {
    description:
      'Whether the viewer may suspend, ban and premoderate the account, lift that, and remove what it has written: not their own, and one of staff only as an administrator and without a machine token.',
  })
  viewerCanSanction(@Root() { accountId, roles }: Person, @Ctx() { viewer }: Context): boolean {
    return refusalToSanction(viewer, { id: accountId, roles }) === undefined;
  }

  @ViewerDependent()
  @FieldResolver(() => Boolean, {
    description: 'Whether the viewer may give the account roles and take them: administrators may.',
  })
  viewerCanChangeRoles(@Ctx() { viewer }: Context): boolean {
    return refusalToChangeRoles(viewer) === undefined;
  }
}
