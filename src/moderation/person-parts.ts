import { forgetAppeals } from './appeal.queries.ts';
import { proofsOf } from '../account/feature.ts';
import type { Tx } from '../db/database.ts';
import type { Erasure } from '../feature/erasure.ts';
import { type Background, type Parts, resolver, type ResolverDeclaration } from '../feature/feature.ts';
import { Inbox } from '../inbox/inbox.ts';
import { ModerationLog } from '../moderation-log/moderation-log.ts';
import { CommentRemovalEntity, DecisionCommentEntity } from './comment-removal.entity.ts';
import { deleteRemovals } from './comment-removal.queries.ts';
import {
  DecisionRemovalResolver,
  PersonDecisionsResolver,
  ViewerDecisionsResolver,
} from './decision-list.resolver.ts';
import { SanctionResolver } from './person-command.resolver.ts';
import { PersonFactsResolver } from './person-facts.resolver.ts';
import { PersonListResolver } from './person-list.resolver.ts';
import { PersonNoteEntity } from './person-note.entity.ts';
import { forgetNotes } from './person-note.queries.ts';
import { PersonNoteResolver, PersonNotesResolver } from './person-note.resolver.ts';
import { PersonNoteService } from './person-note.service.ts';
import { RemovalBatches } from './removal-batches.ts';
import { RemovalSinceService } from './removal-since.service.ts';
import { RemovalWorker } from './removal-worker.ts';
import { RoleResolver } from './role.resolver.ts';
import { RoleService } from './role.service.ts';
import { SanctionService } from './sanction.service.ts';
import { TakenBackArticleResolver, ViewerTakenBackResolver } from './taken-back.resolver.ts';

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
export const removalWorker = ({ db, log, bus, config, warn }: Parts): Background =>
  new RemovalWorker({
    batches: new RemovalBatches(db, log, new ModerationLog(bus)),
    intervalMs: config.moderationPollMs,
    onError: (error) => warn(error, 'comments of an account could not be removed; it is tried again'),
  });

/** Forgets an account about which moderators have decided, or that was a moderator's. */
async function forgetPerson(tx: Tx, accountId: string): Promise<void> {
  await forgetNotes(tx, accountId);
  await deleteRemovals(tx, accountId);
  await forgetAppeals(tx, accountId);
}

export const personErasure: Erasure = { finish: forgetPerson };
