import { useRef, useState } from 'react';
import { type EditableArticleFragment } from '../graphql/generated/graphql.ts';
import { hasTexts, readStored, writeStored } from '../storage.ts';
import { areFormValues, emptyValues, type FormValues, isSame, valuesOf } from './form-values.ts';
import { type Sent } from './save-article.ts';

/** What is written and not saved. */
interface Draft {
  readonly values: FormValues;
  /** The `updatedAt` of the article that it was made from. */
  readonly base?: string | undefined;
  readonly sent?: Sent | undefined;
}

const isDraft = (value: unknown): value is Draft =>
  typeof value === 'object' &&
  value !== null &&
  'values' in value &&
  areFormValues(value.values) &&
  (!('sent' in value) || hasTexts(value.sent, ['idempotencyKey']));

interface ArticleDraft extends Draft {
  /** Whether it was there before this page was. */
  readonly isRestored: boolean;
  /** Whether there is something to be saved. */
  readonly isDirty: boolean;
  readonly change: (values: Partial<FormValues>) => void;
  readonly remember: (sent: Sent | undefined) => void;
  /** Goes on from the article as it was saved, and keeps what was written since. @param saved null: all that was written */
  readonly settle: (article: EditableArticleFragment, saved: FormValues | null) => void;
  /** Goes on from the article as it is, and forgets what was written. */
  readonly startFrom: (article: EditableArticleFragment | null) => void;
}

const draftOf = (article: EditableArticleFragment | null): Draft =>
  article ? { values: valuesOf(article), base: article.updatedAt } : { values: emptyValues };

const keyOf = (viewerId: string, article: EditableArticleFragment | null): string =>
  `standfirst.article.${viewerId}.${article?.id ?? 'new'}`;

const isUnsaved = ({ sent, values }: Draft, article: EditableArticleFragment | null): boolean =>
  sent !== undefined || !isSame(values, draftOf(article).values);

/** The form's values, over reloads. */
export function useArticleDraft(viewerId: string, article: EditableArticleFragment | null): ArticleDraft {
  const key = keyOf(viewerId, article);
  const [stored] = useState(() => readStored(key, isDraft));
  const [draft, setDraft] = useState<Draft>(() => stored ?? draftOf(article));
  const [isRestored, setRestored] = useState(stored !== undefined);
  // While something is being saved one may write on: what comes back then must not meet an old draft.
  const current = useRef(draft);

  function keep(next: Draft, from = article): void {
    current.current = next;
    setDraft(next);
    writeStored(keyOf(viewerId, from), isUnsaved(next, from) ? next : undefined);
  }

  return {
    ...draft,
    isRestored: isRestored && isUnsaved(draft, article),
    isDirty: isUnsaved(draft, article),
    change: (values) => keep({ ...current.current, values: { ...current.current.values, ...values } }),
    remember: (sent) => keep({ ...current.current, sent }),
    settle: (from, saved) => {
      const { values } = current.current;
      setRestored(false);
      // A new article's text moves to where the article's own is kept.
      if (article === null) writeStored(key, undefined);
      keep(isSame(values, saved) ? draftOf(from) : { values, base: from.updatedAt }, from);
    },
    startFrom: (from) => {
      setRestored(false);
      keep(draftOf(from), from);
    },
  };
}
