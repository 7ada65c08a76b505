import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { findArticleByUrl } from '../../articles/article/article.show.ts';
import type { NewThreads } from '../../articles/writing/new-threads.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import type { Links } from '../../../platform/http/links.ts';
import { UrlScalar } from '../../../platform/graphql/scalars.ts';

@Resolver()
export class NewThreadResolver {
  constructor(
    private readonly newThreads: NewThreads,
    private readonly links: Links,
  ) {}

  @Query(() => Boolean, {
    description:
      'Whether a comment with this `articleUrl` may begin a thread: the viewer sees no article with the address, and the service makes articles for addresses of its site. It does not say whether the page at the address will do, which the first comment finds out, nor whether the viewer may comment.',
  })
  async canBeginThread(
    @Arg('url', () => UrlScalar, { description: 'An absolute address.' }) url: URL,
    @Ctx() context: Context,
  ): Promise<boolean> {
    // An address whose article is hidden is one without an article.
    return this.newThreads.allows(url) && (await findArticleByUrl(context, this.links, url)) === null;
  }
}
