import { Arg, Args, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { type Counted, counted, toConnection } from '../../../platform/graphql/connection.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { nodeFinder } from '../../../platform/graphql/node.ts';
import { PageArgs, pageRequest } from '../../../platform/graphql/page.ts';
import { ListPriced, pointsOfAllArticles } from '../../../platform/graphql/price.ts';
import { tagNameToFind, maxTagLength } from '../../../platform/text/tag-name.ts';
import { articleCountByTagId, tagById, tagByName, tagPages, tagTotal } from './tag.loader.ts';
import { Tag, TagConnection } from './tag.type.ts';
import { MaxLengths } from '../../../platform/graphql/max-length.ts';

@Resolver(() => Tag)
export class TagResolver {
  @MaxLengths({ name: maxTagLength })
  @Query(() => Tag, {
    nullable: true,
    description: 'The tag with this name; null when no published article has it.',
  })
  async tag(
    @Arg('name', () => String, {
      description: 'The name; it is normalised like names of tags: `#Ferries` finds `ferries`.',
    })
    name: string,
    @Ctx() { loaders }: Context,
  ): Promise<Tag | null> {
    const wanted = tagNameToFind(name);
    const row = wanted === undefined ? undefined : await loaders.get(tagByName).load(wanted);
    return row ? Tag.from(row) : null;
  }

  @Query(() => TagConnection, {
    nullable: true,
    description:
      'The tags of published articles, most used first, equally used ones by name. A tag whose use changes between two pages may be listed twice or missed.',
  })
  @ListPriced(() => ({ page: pointsOfAllArticles, count: pointsOfAllArticles }))
  async tags(@Args(() => PageArgs) args: PageArgs, @Ctx() { loaders }: Context): Promise<Counted<Tag>> {
    const page = await loaders.get(tagPages).load({ scope: null, variant: null, request: pageRequest(args) });
    const connection = toConnection(page, (row) => Tag.from(row));
    return counted(connection, () => loaders.get(tagTotal).load('all'));
  }

  @FieldResolver(() => Int, { description: 'The number of published articles with this tag.' })
  articleCount(@Root() { tagId }: Tag, @Ctx() { loaders }: Context): Promise<number> {
    return loaders.get(articleCountByTagId).load(tagId);
  }
}

/** Finds a tag by global id. */
export const findTagNode = nodeFinder(1, async ([id = ''], context) => {
  const row = await context.loaders.get(tagById).load(id);
  return row ? Tag.from(row) : null;
});
