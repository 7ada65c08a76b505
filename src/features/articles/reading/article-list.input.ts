import { Field, ID, InputType } from 'type-graphql';
import { RequestError } from '../../../platform/errors/errors.ts';
import { requireKeys } from '../../../platform/graphql/global-id.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import type { ArticleConditions } from '../article/article-list.queries.ts';
import type { ArticleStatus } from '../article/article.policy.ts';
import { ArticleStatusEnum } from '../article/article.type.ts';
import { tagNameToFind, maxTagLength } from '../../../platform/text/tag-name.ts';
import { MaxLength } from '../../../platform/graphql/max-length.ts';

/** The most values of one condition. */
export const maxFilterValues = 50;

/** Conditions that restrict a list of articles. */
@InputType({
  description:
    'Conditions on a list of articles: an article is listed if it meets every condition given. A condition with several values is met by any of the values. `…After` includes its instant and `…Before` excludes it, so that adjacent windows neither overlap nor leave a gap. A time known only to the day, month or year counts as the beginning of that day, month or year.',
})
export class ArticleFilter {
  @Field(() => [ID], { nullable: true, description: 'Articles by any of these journalists: 1 to 50 ids.' })
  journalistIds?: readonly string[] | null;

  @MaxLength(maxTagLength)
  @Field(() => [String], {
    nullable: true,
    description:
      'Articles with any of these tags: 1 to 50 names, which are normalised like names of tags. A name that no tag has finds nothing.',
  })
  tagNames?: readonly string[] | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Articles published at this instant or later.',
  })
  publishedAfter?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Articles published before this instant.' })
  publishedBefore?: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Articles last changed at this instant or later (`updatedAt`).',
  })
  updatedAfter?: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'Articles with an event at this instant or later (`lastEventAt`): a comment, an endorsement or an edit. An event has its time a moment before it is committed and can be seen: to miss none, ask again for the last minute before your last request. `events` has every event once, without that care.',
  })
  activeAfter?: Date | null;

  @Field(() => [ArticleStatusEnum], {
    nullable: true,
    description:
      'Articles in any of these states; absent: PUBLISHED, or in `Viewer.articles` all states. Drafts and unpublished articles are listed only for their journalist and for editors; all others find only published articles.',
  })
  status?: readonly ArticleStatus[] | null;
}

function checkedValues<Value>(name: string, values: readonly Value[]): Value[] {
  if (values.length < 1 || values.length > maxFilterValues) {
    throw new RequestError(
      'BAD_USER_INPUT',
      `\`${name}\` takes 1 to ${maxFilterValues} values, not ${values.length}.`,
    );
  }
  return [...new Set(values)].sort();
}

/**
 * The conditions of a filter in normal form: equal filters have equal conditions.
 * @param statuses the statuses that are listed if the filter has none
 * @throws RequestError BAD_USER_INPUT
 */
export function toConditions(
  filter: ArticleFilter | null | undefined,
  statuses: readonly ArticleStatus[],
): ArticleConditions {
  const { journalistIds, tagNames, publishedAfter, publishedBefore, updatedAfter, activeAfter, status } =
    filter ?? {};
  return {
    ...(journalistIds && {
      journalistIds: checkedValues('journalistIds', journalistIds).map(
        (id) => requireKeys('Journalist', 1, id)[0],
      ),
    }),
    ...(tagNames && {
      tagNames: [
        ...new Set(checkedValues('tagNames', tagNames).flatMap((name) => tagNameToFind(name) ?? [])),
      ].sort(),
    }),
    ...(publishedAfter && { publishedAfter }),
    ...(publishedBefore && { publishedBefore }),
    ...(updatedAfter && { updatedAfter }),
    ...(activeAfter && { activeAfter }),
    statuses: status ? checkedValues('status', status) : statuses,
  };
}
