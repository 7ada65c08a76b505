import type { Parts } from '../../../platform/feature/feature.ts';
import { ModerationLog } from '../../../platform/screening/moderation-log.ts';
import { AccountMails } from '../mailed-links/account-mails.ts';
import { SecondSteps } from '../sessions/second-step.ts';
import { SessionService } from '../sessions/session.service.ts';
import { Proofs } from './proof.service.ts';

/** The service of sessions; features that prove who somebody is begin sessions by it. */
export const sessionsOf = (
  parts: Pick<
    Parts,
    'config' | 'db' | 'bus' | 'tokens' | 'hashing' | 'challenges' | 'clock' | 'rights' | 'mail' | 'links'
  >,
): SessionService =>
  new SessionService({
    ...parts,
    moderationLog: new ModerationLog(parts.bus),
    limits: {
      refreshTtlSeconds: parts.config.refreshTokenTtlSeconds,
      maxSessionSeconds: parts.config.maxSessionSeconds,
      maxSessionsPerAccount: parts.config.maxSessionsPerAccount,
    },
    mails: mailsOf(parts),
    secondSteps: parts.config.staffSecondFactor ? new SecondSteps(parts.challenges) : undefined,
  });

/** What operations that take a recent proof ask. */
export const proofsOf = (
  parts: Pick<Parts, 'db' | 'hashing' | 'clock' | 'rights' | 'mail' | 'links'>,
): Proofs => new Proofs({ ...parts, mails: mailsOf(parts) });

/** Writes the mails to an account about itself; undefined: the service sends none. */
export const mailsOf = ({ mail, links }: Pick<Parts, 'mail' | 'links'>): AccountMails | undefined =>
  mail && new AccountMails(mail.outbox, links);
