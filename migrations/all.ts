import { Initial1764000000000 } from './1764000000000-initial.ts';
import { Reactions1764500000000 } from './1764500000000-reactions.ts';
import { Search1764600000000 } from './1764600000000-search.ts';
import { ShallowLists1764700000000 } from './1764700000000-shallow-lists.ts';
import { Retention1764800000000 } from './1764800000000-retention.ts';
import { TokenFamilies1765100000000 } from './1765100000000-token-families.ts';
import { HeldEdits1765200000000 } from './1765200000000-held-edits.ts';
import { LongTexts1765900000000 } from './1765900000000-long-texts.ts';
import { SiteRevision1766000000000 } from './1766000000000-site-revision.ts';
import { Funding1766050000000 } from './1766050000000-funding.ts';
import { Ledger1766100000000 } from './1766100000000-ledger.ts';
import { TestProvider1766200000000 } from './1766200000000-test-provider.ts';
import { Payers1766250000000 } from './1766250000000-payers.ts';
import { MissedMilestones1766260000000 } from './1766260000000-missed-milestones.ts';
import { NoticeAttempts1766270000000 } from './1766270000000-notice-attempts.ts';
import { ReleasedPledges1766280000000 } from './1766280000000-released-pledges.ts';
import { Mail1766300000000 } from './1766300000000-mail.ts';
import { CoveredLosses1766310000000 } from './1766310000000-covered-losses.ts';
import { Tokens1766320000000 } from './1766320000000-tokens.ts';
import { MailedLinks1766330000000 } from './1766330000000-mailed-links.ts';
import { MailedEndorsements1766340000000 } from './1766340000000-mailed-endorsements.ts';
import { Inbox1766350000000 } from './1766350000000-inbox.ts';
import { AnalysedRows1766355000000 } from './1766355000000-analysed-rows.ts';
import { NotificationMails1766360000000 } from './1766360000000-notification-mails.ts';
import { Passkeys1766370000000 } from './1766370000000-passkeys.ts';
import { Logins1766380000000 } from './1766380000000-logins.ts';
import { Names1766390000000 } from './1766390000000-names.ts';
import { CommentLists1766390000001 } from './1766390000001-comment-lists.ts';
import { PendingEmail1766390000002 } from './1766390000002-pending-email.ts';
import { Pictures1766390000003 } from './1766390000003-pictures.ts';
import { SiteLog1766390000004 } from './1766390000004-site-log.ts';
import { Webhooks1766390000005 } from './1766390000005-webhooks.ts';
import { ImportedAuthors1766400000000 } from './1766400000000-imported-authors.ts';
import { ModerationLog1766410000000 } from './1766410000000-moderation-log.ts';
import { Reports1766415000000 } from './1766415000000-reports.ts';
import { Screening1766420000000 } from './1766420000000-screening.ts';
import { ModerationHistory1766425000000 } from './1766425000000-moderation-history.ts';
import { Sanctions1766430000000 } from './1766430000000-sanctions.ts';
import { ModerationAppeals1766440000000 } from './1766440000000-moderation-appeals.ts';
import { HistoryOrder1766445000000 } from './1766445000000-history-order.ts';
import { ModerationHook1766450000000 } from './1766450000000-moderation-hook.ts';
import { WithdrawnComments1766460000000 } from './1766460000000-withdrawn-comments.ts';
import { Processes1796100000000 } from './1796100000000-processes.ts';
import { WebhookTokens1796300000000 } from './1796300000000-webhook-tokens.ts';
import { SessionProofs1796400000000 } from './1796400000000-session-proofs.ts';
import { AdministratorsTold1796400000001 } from './1796400000001-administrators-told.ts';
import { SessionDevices1796500000000 } from './1796500000000-session-devices.ts';
import { MailAskers1796500000001 } from './1796500000001-mail-askers.ts';
import { VouchedSessions1796600000000 } from './1796600000000-vouched-sessions.ts';
import { AskedSignIns1796700000000 } from './1796700000000-asked-sign-ins.ts';
import { TriedProofs1796700000001 } from './1796700000001-tried-proofs.ts';
import { WorkLeases1796800000000 } from './1796800000000-work-leases.ts';
import { SignInLinks1796900000000 } from './1796900000000-sign-in-links.ts';

/** Every migration, oldest first. */
export const migrations = [
  Initial1764000000000,
  Reactions1764500000000,
  Search1764600000000,
  ShallowLists1764700000000,
  Retention1764800000000,
  TokenFamilies1765100000000,
  HeldEdits1765200000000,
  LongTexts1765900000000,
  SiteRevision1766000000000,
  Funding1766050000000,
  Ledger1766100000000,
  TestProvider1766200000000,
  Payers1766250000000,
  MissedMilestones1766260000000,
  NoticeAttempts1766270000000,
  ReleasedPledges1766280000000,
  Mail1766300000000,
  CoveredLosses1766310000000,
  Tokens1766320000000,
  MailedLinks1766330000000,
  MailedEndorsements1766340000000,
  Inbox1766350000000,
  AnalysedRows1766355000000,
  NotificationMails1766360000000,
  Passkeys1766370000000,
  Logins1766380000000,
  Names1766390000000,
  CommentLists1766390000001,
  PendingEmail1766390000002,
  Pictures1766390000003,
  SiteLog1766390000004,
  Webhooks1766390000005,
  ImportedAuthors1766400000000,
  ModerationLog1766410000000,
  Reports1766415000000,
  Screening1766420000000,
  ModerationHistory1766425000000,
  Sanctions1766430000000,
  ModerationAppeals1766440000000,
  HistoryOrder1766445000000,
  ModerationHook1766450000000,
  WithdrawnComments1766460000000,
  Processes1796100000000,
  WebhookTokens1796300000000,
  SessionProofs1796400000000,
  AdministratorsTold1796400000001,
  SessionDevices1796500000000,
  MailAskers1796500000001,
  VouchedSessions1796600000000,
  AskedSignIns1796700000000,
  TriedProofs1796700000001,
  WorkLeases1796800000000,
  SignInLinks1796900000000,
];
