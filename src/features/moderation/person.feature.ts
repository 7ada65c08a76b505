import { forgetAppeals } from './appeals/appeal.queries.ts';
import { proofsOf } from '../people/credentials/account-services.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { Erasure } from '../../platform/feature/erasure.ts';
import { type Parts, resolver, type ResolverDeclaration } from '../../platform/feature/feature.ts';
import type { Job } from '../../platform/jobs/job.ts';
import { Inbox } from '../notifications/inbox/inbox.ts';
import { ModerationLog } from '../../platform/screening/moderation-log.ts';
import { CommentRemovalEntity, DecisionCommentEntity } from './removals/comment-removal.entity.ts';
import { deleteRemovals, dueRemovalsSql } from './removals/comment-removal.queries.ts';
import {
  DecisionRemovalResolver,
  PersonDecisionsResolver,
  ViewerDecisionsResolver,
} from './decisions/decision-list.resolver.ts';
import { SanctionResolver } from './person-page/person-command.resolver.ts';
import { PersonFactsResolver } from './person-page/person-facts.resolver.ts';
import { PersonListResolver } from './person-page/person-list.resolver.ts';
import { PersonNoteEntity } from './person-page/person-note.entity.ts';
import { forgetNotes } from './person-page/person-note.queries.ts';
import { PersonNoteResolver, PersonNotesResolver } from './person-page/person-note.resolver.ts';
import { PersonNoteService } from './person-page/person-note.service.ts';
import { RemovalBatches } from './removals/removal-batches.ts';
import { RemovalSinceService } from './removals/removal-since.service.ts';
import { RoleResolver } from './person-page/role.resolver.ts';
import { RoleService } from './person-page/role.service.ts';
import { SanctionService } from './sanctions/sanction.service.ts';
import { TakenBackArticleResolver, ViewerTakenBackResolver } from './removals/taken-back.resolver.ts';

/** The tables of what moderators do about accounts. */
export const personTables = [CommentRemovalEntity, DecisionCommentEntity, PersonNoteEntity];

/** Accounts as moderators see them, and their commands on them. */
export const personResolvers: readonly ResolverDeclaration[] = [
  resolver(SanctionResolver, ({ db, bus, clock }) => {
    const parts = { db, clock, inbox: new Inbox(bus), moderationLog: new ModerationLog(bus) };
    return [new SanctionService(parts), new RemovalSinceService(parts)];
  }),
  resolver(RoleResolver, (parts) => [
    new RoleService({ db: parts.db, proofs: proofsOf(parts), moderationLog: new ModerationLog(parts.bus) }),
  ]),
  resolver(PersonDecisionsResolver),
  resolver(ViewerDecisionsResolver),
  resolver(ViewerTakenBackResolver),
  resolver(TakenBackArticleResolver),
  resolver(DecisionRemovalResolver),
  resolver(PersonFactsResolver),
  resolver(PersonListResolver),
  resolver(PersonNotesResolver),
  resolver(PersonNoteResolver, ({ db, bus }) => [new PersonNoteService(db, new ModerationLog(bus))]),
];

/** Carries out removals of what somebody has written. */
export function removalJob({ db, log, bus, config }: Parts): Job {
  const batches = new RemovalBatches(db, log, new ModerationLog(bus));
  const step = async () => ((await batches.next()) ? 'more' : 'idle');
  return { name: 'removals', due: dueRemovalsSql, everyMs: config.moderationPollMs, step };
}

/** Forgets an account about which moderators have decided, or that was a moderator's. */
async function forgetPerson(tx: Tx, accountId: string): Promise<void> {
  await forgetNotes(tx, accountId);
  await deleteRemovals(tx, accountId);
  await forgetAppeals(tx, accountId);
}

export const personErasure: Erasure = { finish: forgetPerson };
