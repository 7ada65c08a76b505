import { Field, ID, InputType } from 'type-graphql';
import { RequestError } from '../errors/errors.ts';
import { requireKeys } from '../graphql/global-id.ts';
import { DateTimeScalar } from '../graphql/scalars.ts';
import type { ArticleConditions } from './article-list.queries.ts';
import type { ArticleStatus } from './article.policy.ts';
import { ArticleStatusEnum } from './article.type.ts';
import { tagNameToFind } from '../text/tag-name.ts';

/** The most values of one condition. */
const maxValues = 50;

/** Conditions that restrict a list of articles. */
@InputType({
  description:
    'What a list of articles is narrowed to: those that meet every condition given. A condition with several values is ' +
    'met by any of them; a time `…After` is from that instant on, `…Before` earlier than it, so that windows that meet ' +
    'neither overlap nor miss anything. A time known only roughly counts as its beginning.',
})
export class ArticleFilter {
  @Field(() => [ID], { nullable: true, description: 'By any of these journalists: 1 to 50 ids.' })
  journalistIds?: readonly string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'With any of these tags: 1 to 50 names, normalised as tags are. A name that no tag has finds nothing.',
  })
  tagNames?: readonly string[] | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Published then or later.' })
  publishedAfter?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Published earlier.' })
  publishedBefore?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Itself changed then or later (`updatedAt`).' })
  updatedAfter?: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'With an event then or later (`lastEventAt`): a comment, an endorsement, an edit.',
  })
  activeAfter?: Date | null;

  @Field(() => [ArticleStatusEnum], {
    nullable: true,
    description:
      'In any of these states. Absent: published ones, or in `Viewer.articles` all. What is not published is listed for ' +
      'editors, and for the journalist whose it is; for all others this filter finds nothing more than without it.',
  })
  status?: readonly ArticleStatus[] | null;
}

function checkedValues<Value>(name: string, values: readonly Value[]): Value[] {
  if (values.length < 1 || values.length > maxValues) {
    throw new RequestError(
      'BAD_USER_INPUT',
      `\`${name}\` takes 1 to ${maxValues} values, not ${values.length}.`,
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
