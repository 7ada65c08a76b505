import { Initial1764000000000 } from './1764000000000-initial.ts';
import { Reactions1764500000000 } from './1764500000000-reactions.ts';
import { Search1764600000000 } from './1764600000000-search.ts';
import { ShallowLists1764700000000 } from './1764700000000-shallow-lists.ts';
import { Retention1764800000000 } from './1764800000000-retention.ts';
import { TokenFamilies1765100000000 } from './1765100000000-token-families.ts';
import { HeldEdits1765200000000 } from './1765200000000-held-edits.ts';
import { LongTexts1765900000000 } from './1765900000000-long-texts.ts';
import { ArticleLog1796010000000 } from './1796010000000-article-log.ts';
import { Platform1796020000000 } from './1796020000000-platform.ts';
import { People1796030000000 } from './1796030000000-people.ts';
import { SignIn1796035000000 } from './1796035000000-sign-in.ts';
import { MailAndInbox1796040000000 } from './1796040000000-mail-and-inbox.ts';
import { Funding1796050000000 } from './1796050000000-funding.ts';
import { Ledger1796060000000 } from './1796060000000-ledger.ts';
import { MailedEndorsements1796070000000 } from './1796070000000-mailed-endorsements.ts';
import { ImportedAuthors1796080000000 } from './1796080000000-imported-authors.ts';
import { Screening1796090000000 } from './1796090000000-screening.ts';
import { Moderation1796100000000 } from './1796100000000-moderation.ts';
import { Integrations1796110000000 } from './1796110000000-integrations.ts';

/** The migrations of version 0.2.0, the last that was released, oldest first. */
export const released = [
  Initial1764000000000,
  Reactions1764500000000,
  Search1764600000000,
  ShallowLists1764700000000,
  Retention1764800000000,
  TokenFamilies1765100000000,
  HeldEdits1765200000000,
  LongTexts1765900000000,
];

/** Every migration, oldest first. Those after the released ones are one for each feature, until the next release. */
export const migrations = [
  ...released,
  ArticleLog1796010000000,
  Platform1796020000000,
  People1796030000000,
  SignIn1796035000000,
  MailAndInbox1796040000000,
  Funding1796050000000,
  Ledger1796060000000,
  MailedEndorsements1796070000000,
  ImportedAuthors1796080000000,
  Screening1796090000000,
  Moderation1796100000000,
  Integrations1796110000000,
];
