import { formatPartialDateTime, type Precision } from '../../platform/time/partial-date-time.ts';
import type { ImportedEndorsement } from './document.ts';
import type { Fault } from './faults.ts';
import { Ordinals } from './ordinals.ts';
import { byKey } from './own-key.ts';

/** The columns of an endorsement that a document can change. */
export interface EndorsementTexts {
  readonly displayName: string;
  readonly affiliation: string | null;
  readonly statement: string | null;
  readonly featured: boolean;
}

/** An existing endorsement of the article; may be withdrawn. */
export interface PresentEndorsement extends EndorsementTexts {
  readonly id: string;
  readonly importKey: string | null;
  readonly ordinal: string;
  readonly accountId: string | null;
  readonly byMail: boolean;
  readonly listed: boolean;
  readonly createdAt: Date;
  readonly createdPrecision: Precision;
}

/** The changes that a document makes to an article's endorsements. */
export interface EndorsementPlan {
  /** In the order of the document. */
  readonly added: readonly { readonly endorsement: ImportedEndorsement; readonly ordinal: bigint }[];
  readonly updated: readonly ({ readonly id: string } & EndorsementTexts)[];
}

function conflicts(
  endorsements: readonly ImportedEndorsement[],
  present: readonly (PresentEndorsement | undefined)[],
): Fault[] {
  const seen = new Map<string, number>();
  return endorsements.flatMap(({ createdAt: { at, precision } }, index): Fault[] => {
    const row = present[index];
    if (!row) return [];
    const before = seen.get(row.id);
    if (before !== undefined) {
      const path = ['endorsements', index, 'key'];
      return [{ path, message: `is the same endorsement as endorsements[${before}]` }];
    }
    seen.set(row.id, index);
    if (row.createdAt.getTime() === at.getTime() && row.createdPrecision === precision) return [];
    const here = formatPartialDateTime({ at: row.createdAt, precision: row.createdPrecision });
    const path = ['endorsements', index, 'createdAt'];
    return [{ path, message: `is ${here} here, and an endorsement keeps its place` }];
  });
}

function textsOf(endorsement: ImportedEndorsement, present?: PresentEndorsement): EndorsementTexts {
  const { displayName, affiliation, statement, featured } = endorsement;
  return {
    displayName,
    affiliation: affiliation === undefined ? (present?.affiliation ?? null) : affiliation,
    statement: statement === undefined ? (present?.statement ?? null) : statement,
    featured: featured ?? present?.featured ?? false,
  };
}

const isSame = (a: EndorsementTexts, b: EndorsementTexts): boolean =>
  a.displayName === b.displayName &&
  a.affiliation === b.affiliation &&
  a.statement === b.statement &&
  a.featured === b.featured;

/**
 * Compares a document's endorsements with those of the article. Endorsements that somebody made here, and
 * endorsements that were withdrawn here, are not changed.
 */
export function planEndorsements(
  endorsements: readonly ImportedEndorsement[],
  presentEndorsements: readonly PresentEndorsement[],
): EndorsementPlan | { readonly faults: readonly Fault[] } {
  const known = byKey(presentEndorsements);
  const present = endorsements.map(({ key }) => known.get(key));
  const faults = conflicts(endorsements, present);
  if (faults.length > 0) return { faults };
  const ordinals = new Ordinals(presentEndorsements.map((row) => BigInt(row.ordinal))).place(
    endorsements.map(({ createdAt: { at } }, index) => {
      const ordinal = present[index]?.ordinal;
      return { at, ordinal: ordinal === undefined ? undefined : BigInt(ordinal) };
    }),
  );
  const added = endorsements.flatMap((endorsement, index) => {
    const ordinal = ordinals[index];
    return present[index] || ordinal === undefined ? [] : [{ endorsement, ordinal }];
  });
  const updated = endorsements.flatMap((endorsement, index) => {
    const row = present[index];
    if (!row?.listed || row.accountId !== null || row.byMail) return [];
    const texts = textsOf(endorsement, row);
    return isSame(texts, row) ? [] : [{ id: row.id, ...texts }];
  });
  return { added, updated };
}
