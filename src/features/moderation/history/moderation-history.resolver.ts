import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, Info, Query, Resolver } from 'type-graphql';
import { costOfEvents, EventPageArgs, eventRange } from '../../articles/article/event-page.input.ts';
import { isForOne, refusalToModerate } from '../../../platform/auth/viewer.ts';
import { RequestError } from '../../../platform/errors/errors.ts';
import { type Connection, toConnection } from '../../../platform/graphql/connection.ts';
import { type Context, requireViewer } from '../../../platform/graphql/context.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import { PageArgs, pageRequest } from '../../../platform/graphql/page.ts';
import { selectsField } from '../../../platform/graphql/selects-field.ts';
import { toModerationAction } from './moderation-action.type.ts';
import { moderationLog } from '../../../platform/screening/moderation-log.ts';
import { historyPages, moderationEventPage } from './moderation-event.loader.ts';
import { showBoundedItem, showModerationItem } from './moderation-event.show.ts';
import {
  type ModerationAction,
  ModerationActionConnection,
  ModerationEventPage,
} from './moderation-event.type.ts';
import { historyScopeOf, ModerationHistoryFilter } from './moderation-history.input.ts';

const bodies = /^body(Html|Text)$/;

/** @throws RequestError UNAUTHENTICATED, FORBIDDEN */
function requireModerator(context: Context): void {
  if (refusalToModerate(requireViewer(context))) throw new RequestError('FORBIDDEN');
}

/** The log of moderation by request: to poll it, and to look something up in it. */
@Resolver()
export class ModerationHistoryResolver {
  @NeedsScope('MODERATE')
  @Query(() => ModerationEventPage, {
    description:
      'The same events as `moderationEvents`, in order and without a gap, in pages for clients that cannot keep a connection open. If the service cannot resume from `after`, the page is one `ModerationReset` alone. Any number of missed events can be read: TOO_MANY does not occur for a page. For moderators.',
    complexity: ({ args, childComplexity }) => costOfEvents(args, childComplexity),
  })
  async moderationLog(
    @Args(() => EventPageArgs) args: EventPageArgs,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ModerationEventPage> {
    requireModerator(context);
    const { items, cursor, hasMore } = await context.loaders
      .get(moderationEventPage)
      .load({ key: moderationLog.keyOf(), ...eventRange(args) });
    const show = selectsField(info, bodies) ? showBoundedItem : showModerationItem;
    const events = await Promise.all(items.map((item) => show(item, context)));
    return Object.assign(new ModerationEventPage(), { events, cursor, hasMore });
  }

  @NeedsScope('MODERATE')
  @Query(() => ModerationActionConnection, {
    nullable: true,
    description:
      'Who has done what in moderation, newest first, as long as the log is kept (`MODERATION_RETENTION_DAYS`). For moderators.',
  })
  async moderationHistory(
    @Arg('filter', () => ModerationHistoryFilter, {
      nullable: true,
      description: 'Which actions are listed; absent: all.',
    })
    filter: ModerationHistoryFilter | null | undefined,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<Connection<ModerationAction> | null> {
    requireModerator(context);
    const scope = historyScopeOf(filter);
    // What one account has done is listed without its reports of the reader's own comments.
    if (scope.subject.about === 'ACTOR' && !isForOne(requireViewer(context))) return null;
    const page = await context.loaders
      .get(historyPages)
      .load({ scope, variant: 'NEWEST', request: pageRequest(args) });
    return toConnection(page, (row) => toModerationAction(row, row.epoch));
  }
}
