import { ArgsType, Field, Int } from 'type-graphql';
import type { LogBegin } from '../../../platform/events/log-page.ts';
import { graphqlEnum } from '../../../platform/graphql/enum.ts';
import { pageSize } from '../../../platform/graphql/page.ts';
import { EventCursorScalar } from '../../../platform/graphql/scalars.ts';

/** Default number of events on a page. */
export const defaultEventPageSize = 100;

export const LogBeginEnum = graphqlEnum<LogBegin>('LogBegin', 'Where events begin, without a cursor.', {
  NOW: 'Behind the newest event: the page is empty, and its `cursor` is the present position.',
  OLDEST: 'At the oldest event that is kept.',
});

/** The arguments of pages of events. */
@ArgsType()
export class EventPageArgs {
  @Field(() => EventCursorScalar, {
    nullable: true,
    description:
      'A `liveCursor`, or the `cursor` of the last page or event received; absent: the page begins as `begin` says.',
  })
  after?: string | null;

  @Field(() => LogBeginEnum, {
    nullable: true,
    defaultValue: 'NOW',
    description: 'Where the page begins if `after` is absent; ignored otherwise.',
  })
  begin?: LogBegin | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: defaultEventPageSize,
    description: 'The maximum number of events: 1 to 100.',
  })
  first?: number | null;
}

/** The checked request for one page of events. @throws RequestError BAD_USER_INPUT */
export const eventRange = ({ after, begin, first }: EventPageArgs) => ({
  after: after ?? undefined,
  begin: begin ?? 'NOW',
  limit: pageSize('first', first, defaultEventPageSize),
});

/** Points of a page of events, by the points of one event. */
export const costOfEvents = (args: Readonly<Record<string, unknown>>, childComplexity: number): number =>
  1 + pageSize('first', args.first as number | null | undefined, defaultEventPageSize) * childComplexity;
