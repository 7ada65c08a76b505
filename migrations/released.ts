import { Initial1764000000000 } from './1764000000000-initial.ts';
import { Reactions1764500000000 } from './1764500000000-reactions.ts';
import { Search1764600000000 } from './1764600000000-search.ts';
import { ShallowLists1764700000000 } from './1764700000000-shallow-lists.ts';
import { Retention1764800000000 } from './1764800000000-retention.ts';
import { TokenFamilies1765100000000 } from './1765100000000-token-families.ts';
import { HeldEdits1765200000000 } from './1765200000000-held-edits.ts';
import { LongTexts1765900000000 } from './1765900000000-long-texts.ts';

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
