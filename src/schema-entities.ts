import { Initial1764000000000 } from '../migrations/1764000000000-initial.ts';
import { Reactions1764500000000 } from '../migrations/1764500000000-reactions.ts';
import { Search1764600000000 } from '../migrations/1764600000000-search.ts';
import { ShallowLists1764700000000 } from '../migrations/1764700000000-shallow-lists.ts';
import { Retention1764800000000 } from '../migrations/1764800000000-retention.ts';
import { TokenFamilies1765100000000 } from '../migrations/1765100000000-token-families.ts';
import { HeldEdits1765200000000 } from '../migrations/1765200000000-held-edits.ts';
import { LongTexts1765900000000 } from '../migrations/1765900000000-long-texts.ts';
import { AccountEntity } from './account/account.entity.ts';
import { RefreshTokenEntity, SessionEntity, TokenFamilyEntity } from './account/session.entity.ts';
import {
  ArticleCounterEntity,
  ArticleEntity,
  ArticleTextEntity,
  SignatureEntity,
} from './article/article.entity.ts';
import { ArticleSearchEntity, SearchWordEntity } from './article/article-search.entity.ts';
import { ArticleTagEntity, TagEntity } from './article/tag.entity.ts';
import {
  CommentCounterEntity,
  CommentEntity,
  CommentReactionEntity,
  CommentRevisionEntity,
} from './comment/comment.entity.ts';
import { HeldEditEntity } from './comment/held-edit.entity.ts';
import { IdempotencyKeyEntity } from './db/idempotency.entity.ts';
import { EndorsementEntity } from './endorsement/endorsement.entity.ts';
import { ArticleEventEntity, EventLogEntity } from './events/event.entity.ts';
import { JournalistEntity } from './journalist/journalist.entity.ts';

/** Every table. Listed, not found by a glob: the same list under `tsc`, under jest and in the built program. */
export const entities = [
  AccountEntity,
  SessionEntity,
  RefreshTokenEntity,
  TokenFamilyEntity,
  JournalistEntity,
  ArticleEntity,
  ArticleTextEntity,
  ArticleCounterEntity,
  SignatureEntity,
  TagEntity,
  ArticleTagEntity,
  ArticleSearchEntity,
  SearchWordEntity,
  EndorsementEntity,
  CommentEntity,
  CommentCounterEntity,
  CommentRevisionEntity,
  CommentReactionEntity,
  HeldEditEntity,
  ArticleEventEntity,
  EventLogEntity,
  IdempotencyKeyEntity,
];

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
];
