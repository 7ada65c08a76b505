import { nothingToErase } from '../feature/erasure.ts';
import { defineFeature, resolver } from '../feature/feature.ts';
import { Inbox } from '../inbox/inbox.ts';
import { HeldCommentResolver } from './held.resolver.ts';
import { ModerationResolver } from './moderation.resolver.ts';
import { ModerationService } from './moderation.service.ts';

/** Moderators' commands on comments, and the moderation queue. */
export const moderationFeature = defineFeature({
  name: 'moderation',
  tables: [],
  resolvers: [
    resolver(ModerationResolver, ({ db, log, bus }) => [
      new ModerationService({ db, log, inbox: new Inbox(bus) }),
    ]),
    resolver(HeldCommentResolver),
  ],
  types: [],
  nodes: {},
  eventViews: {},
  eventTextLengths: {},
  pruning: () => [],
  background: () => [],
  erasure: () => nothingToErase,
  personalData: [],
});
