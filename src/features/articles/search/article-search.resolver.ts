import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, Info, Query, Resolver } from 'type-graphql';
import { RequestError } from '../../../platform/errors/errors.ts';
import { countAhead, type Counted, counted, toConnection } from '../../../platform/graphql/connection.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { PageArgs, pageRequest } from '../../../platform/graphql/page.ts';
import { normaliseLine } from '../../../platform/text/plain.ts';
import { extentOfList } from '../article/article.show.ts';
import { Article, ArticleConnection } from '../article/article.type.ts';
import { correctedTexts, foundArticleCount, foundArticles, isOnlyWords } from './article-search.loader.ts';
import { MaxLengths } from '../../../platform/graphql/max-length.ts';

/** Maximum length of a query in UTF-16 code units. */
export const maxSearchLength = 200;

/** A search reads and ranks all matches, whatever the page size, so it costs as much as one additional page. */
const searchCost = 20;

@Resolver()
export class ArticleSearchResolver {
  @MaxLengths({ query: maxSearchLength })
  @Query(() => ArticleConnection, {
    nullable: true,
    description:
      'Published articles with these words, best match first: words in the title weigh most, then words in the standfirst, the tags and the author’s name. Articles with the words in the text or its signatures follow, newest first. Inflection of English words, case and accents make no difference. A word that no article contains is replaced by the word of a tag or of a journalist’s name that differs from it by one or two letters. Comments are not searched.',
    complexity: ({ args, childComplexity }) => 1 + searchCost + pageRequest(args).limit * childComplexity,
  })
  async search(
    @Arg('query', () => String, {
      description:
        'Words that all have to occur; also `"in this order"`, `this OR that` and `-without`. A query without a word to look for (only blanks, exclusions or words like `the`) finds nothing.',
    })
    query: string,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders }: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Counted<Article>> {
    const request = pageRequest(args);
    if (query.length > maxSearchLength) {
      throw new RequestError(
        'BAD_USER_INPUT',
        `\`query\` takes at most ${maxSearchLength} characters, not ${query.length}.`,
      );
    }
    const given = normaliseLine(query);
    const extent = extentOfList(info);
    const count = (text: string) => loaders.get(foundArticleCount).load(text);
    const find = (text: string) => {
      countAhead(info, () => count(text));
      return loaders.get(foundArticles).load({ scope: null, variant: { given, text, extent }, request });
    };
    const correct = () => loaders.get(correctedTexts).load(given);
    // Most texts have no misspelt word: the given text is searched for before its words are looked up, or meanwhile.
    const [early, found] = await Promise.all([isOnlyWords(given) ? undefined : correct(), find(given)]);
    // An article with all words shows that each of them is right.
    const corrected = early ?? (found.rows.length > 0 ? given : await correct());
    const page = corrected === given ? found : await find(corrected);
    const connection = toConnection(page, (row) => Article.from(row));
    return counted(connection, () => count(corrected));
  }
}
