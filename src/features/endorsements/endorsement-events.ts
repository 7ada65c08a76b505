import { viewWithSubject, withSubject } from '../articles/article/article-event.type.ts';
import type { EventDeclarations } from '../../platform/graphql/article-events.ts';
import { encodeGlobalId } from '../../platform/graphql/global-id.ts';
import { EndorsementAdded, EndorsementUpdated, EndorsementWithdrawn } from './endorsement-event.type.ts';

declare module '../../platform/events/event.ts' {
  interface EventKinds {
    readonly ENDORSEMENT_ADDED: OfSubject;
    readonly ENDORSEMENT_UPDATED: OfSubject;
    readonly ENDORSEMENT_WITHDRAWN: OfSubject;
  }
}

declare module '../../platform/events/log.ts' {
  interface Counters {
    readonly endorsementCount: number;
  }
}

/** The events of endorsements, whose statements have at most 2,000 characters. */
export const endorsementEvents = {
  ENDORSEMENT_ADDED: {
    react: 'Show the article’s new `endorsementCount`; `endorsement` is null if it was withdrawn since.',
    view: (event, epoch) =>
      Object.assign(new EndorsementAdded(), withSubject(event, epoch), {
        idempotencyKey: event.idempotencyKey,
      }),
    textLength: 'short',
    changes: 'nothing',
  },
  ENDORSEMENT_UPDATED: {
    react: 'Show `endorsement` anew; it is null if it was withdrawn since.',
    view: viewWithSubject(EndorsementUpdated),
    textLength: 'short',
    changes: 'anything',
  },
  ENDORSEMENT_WITHDRAWN: {
    react: 'Take `endorsementId` out, and show the article’s new `endorsementCount`.',
    view: (event, epoch) => {
      const base = withSubject(event, epoch);
      const endorsementId = encodeGlobalId('Endorsement', base.articleId, base.subjectId);
      return Object.assign(new EndorsementWithdrawn(), base, { endorsementId });
    },
    textLength: 'short',
    changes: 'anything',
  },
} satisfies EventDeclarations;

export const endorsementCounters = {
  endorsementCount: {
    recount: '(SELECT count(*)::int FROM endorsement e WHERE e.article_id = k.article_id AND e.listed)',
  },
};
