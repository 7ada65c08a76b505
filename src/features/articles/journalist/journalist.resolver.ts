import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { ViewerAccount } from '../../people/account/account.type.ts';
import { type Counted, counted, toConnection } from '../../../platform/graphql/connection.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import type { Links } from '../../../platform/http/links.ts';
import { nodeFinder } from '../../../platform/graphql/node.ts';
import { PageArgs, pageRequest } from '../../../platform/graphql/page.ts';
import { UrlScalar } from '../../../platform/graphql/scalars.ts';
import {
  journalistByAccountId,
  journalistById,
  journalistBySlug,
  journalistPages,
  journalistTotal,
} from './journalist.loader.ts';
import { Journalist, JournalistConnection } from './journalist.type.ts';
import { MaxLengths } from '../../../platform/graphql/max-length.ts';
import { longestSlug } from '../../../platform/text/slug.ts';

@Resolver(() => Journalist)
export class JournalistResolver {
  constructor(private readonly links: Links) {}

  @MaxLengths({ slug: longestSlug })
  @Query(() => Journalist, {
    nullable: true,
    description: 'The journalist with this slug; null if there is none.',
  })
  async journalist(
    @Arg('slug', () => String, {
      description: 'The journalist’s `slug`, as in the `permalink`.',
    })
    slug: string,
    @Ctx() context: Context,
  ): Promise<Journalist | null> {
    const row = await context.loaders.get(journalistBySlug).load(slug);
    return row ? Journalist.from(row) : null;
  }

  @Query(() => JournalistConnection, {
    nullable: true,
    description:
      'All journalists, by name. A journalist who is renamed between two pages may be listed twice or missed.',
  })
  async journalists(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders }: Context,
  ): Promise<Counted<Journalist>> {
    const key = { scope: null, variant: null, request: pageRequest(args) };
    const page = await loaders.get(journalistPages).load(key);
    const connection = toConnection(page, (row) => Journalist.from(row));
    return counted(connection, () => loaders.get(journalistTotal).load('all'));
  }

  @FieldResolver(() => UrlScalar, { description: 'The address of the journalist’s page.' })
  permalink(@Root() journalist: Journalist): string {
    return this.links.journalist(journalist.slug);
  }

  @FieldResolver(() => UrlScalar, { nullable: true, description: 'The address of a portrait.' })
  photoUrl(@Root() { photo }: Journalist): string | null {
    return this.links.picture(photo);
  }
}

/** The field of the viewer for the viewer's own byline. */
@Resolver(() => ViewerAccount)
export class ViewerJournalistResolver {
  @FieldResolver(() => Journalist, {
    nullable: true,
    description: 'The byline that belongs to this account; null if there is none.',
  })
  async journalist(@Root() viewer: ViewerAccount, @Ctx() context: Context): Promise<Journalist | null> {
    const row = await context.loaders.get(journalistByAccountId).load(viewer.accountId);
    return row ? Journalist.from(row) : null;
  }
}

/** Finds a journalist by global id. */
export const findJournalistNode = nodeFinder(1, async ([id = ''], context) => {
  const row = await context.loaders.get(journalistById).load(id);
  return row ? Journalist.from(row) : null;
});
