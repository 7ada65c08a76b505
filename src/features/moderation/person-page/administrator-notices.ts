import { selectAdministratorAddresses } from '../../people/credentials/account-admin.queries.ts';
import type { Database } from '../../../platform/db/database.ts';
import type { Job } from '../../../platform/jobs/job.ts';
import type { AdministratorMails } from './administrator-mails.ts';
import {
  noticesSql,
  type NoticeRow,
  selectNextNotices,
  updateAdministratorsTold,
} from './administrator-notice.queries.ts';

/** Most facts of one step, and most administrators who are told of each. */
const [factsPerStep, maxAdministrators] = [50, 100];

/** What is older is told nobody: the service has sent no mail until now. */
const maxAgeMs = 86_400_000;

export interface AdministratorNoticeOptions extends Pick<Job, 'everyMs'> {
  readonly db: Database;
  readonly mails: AdministratorMails;
}

/** Whether administrators are told of a fact of the log. */
const isNews = ({ kind, isUnknownDevice, subjectRoles, occurredAt }: NoticeRow): boolean =>
  Date.now() - occurredAt.getTime() < maxAgeMs &&
  (kind !== 'SIGNED_IN' || (isUnknownDevice && subjectRoles?.includes('ADMINISTRATOR') === true));

/**
 * Mails all administrators what the log of moderation says of roles, and of sign-ins of administrators from devices that their accounts
 * did not know. It follows the log, so that no way to change a role passes it by; whoever loses the role is told with the others.
 */
export const administratorNoticeJob = ({ db, mails, everyMs }: AdministratorNoticeOptions): Job => ({
  name: 'administrator notices',
  due: noticesSql,
  everyMs,
  step: () =>
    db.transaction(async (tx) => {
      const notices = await selectNextNotices(tx, factsPerStep);
      const last = notices.at(-1);
      if (!last) return 'idle';
      const news = notices.filter(isNews);
      if (news.length > 0) {
        const former = news.flatMap(({ kind, role, subjectId }) =>
          kind === 'ROLE_REVOKED' && role === 'ADMINISTRATOR' && subjectId !== null ? [subjectId] : [],
        );
        await mails.tellAll(tx, await selectAdministratorAddresses(tx, former, maxAdministrators), news);
      }
      await updateAdministratorsTold(tx, last.sequence);
      return notices.length === factsPerStep ? 'more' : 'idle';
    }),
});
