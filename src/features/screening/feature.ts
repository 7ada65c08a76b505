import { Screening1796090000000 } from '../../../migrations/1796090000000-screening.ts';
import { screeningErrors } from './screening-errors.ts';
import { defineFeature, resolver } from '../../platform/feature/feature.ts';
import { ModerationLog } from '../../platform/screening/moderation-log.ts';
import { holding } from '../../platform/text/written-text.ts';
import { CommentHoldEntity } from './comment-hold.entity.ts';
import { forgetAccount, screenedWordData, slowModeData } from './screening-data.queries.ts';
import { maxWordLength } from './screening-settings.ts';
import { ScreenedWordEntity, ScreeningSettingsEntity, SlowModeTurnEntity } from './screening.entity.ts';
import { pruneSlowModeTurns } from './screening.queries.ts';
import { ArticleScreeningResolver, ModerationSettingsResolver } from './settings.resolver.ts';
import { SettingsService } from './settings.service.ts';
import { findModerationWordNode, ModerationWordResolver } from './word.resolver.ts';
import { WordService } from './word.service.ts';
import { pageRoutes } from '../../platform/http/paths.ts';
import { scriptedPages } from '../../platform/page/served.ts';

declare module '../../platform/auth/scopes.ts' {
  interface Scopes {
    readonly MODERATE: true;
  }
}

/** What a comment passes before it is public: the phases, and the settings and words that they go by. */
export const screeningFeature = defineFeature({
  name: 'screening',
  migrations: [Screening1796090000000],
  tables: [CommentHoldEntity, ScreeningSettingsEntity, ScreenedWordEntity, SlowModeTurnEntity],
  resolvers: [
    resolver(ModerationSettingsResolver, ({ db, log, bus }) => [
      new SettingsService({ db, log, moderationLog: new ModerationLog(bus) }),
    ]),
    resolver(ArticleScreeningResolver),
    resolver(ModerationWordResolver, ({ db, bus }) => [
      new WordService({ db, moderationLog: new ModerationLog(bus) }),
    ]),
  ],
  types: [],
  nodes: { ModerationWord: findModerationWordNode },
  logs: [],
  events: {},
  counters: {},
  notifications: {},
  idempotency: {},
  errorCodes: screeningErrors,
  scopes: { MODERATE: { place: 6 } },
  texts: {
    ...holding(
      { form: 'LINE', max: maxWordLength, screening: 'NONE' },
      'ModerationWord.text',
      'ModerationWordInput.text',
    ),
    ...holding('QUOTED', 'CommentHold.match', 'CommentHold.rule'),
    ...holding(
      'NO_TEXT',
      'ModerationWord.language',
      'ModerationWordInput.language',
      'ModerationWordFilter.text',
      'ModerationSettings.allowedHosts',
      'ModerationSettings.heldHosts',
      'HostListChange.add',
      'HostListChange.remove',
    ),
  },
  invariants: {},
  pruning: () => [{ name: 'turns of slow mode', step: pruneSlowModeTurns }],
  jobs: () => [],
  routes: () => [],
  served: {
    pages: scriptedPages(pageRoutes.moderationWords, pageRoutes.moderationSettings),
    parts: {},
    texts: {},
  },
  erasure: () => ({ finish: forgetAccount }),
  personalData: [screenedWordData, slowModeData],
});
