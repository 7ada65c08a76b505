import { useRef, useState } from 'react';
import { type EditableArticleFragment } from '../graphql/generated/graphql.ts';
import { hasTexts, readStored, writeStored } from '../storage.ts';
import { areFormValues, emptyValues, type FormValues, isSame, valuesOf } from './form-values.ts';
import { type Sent } from './save-article.ts';

/** Unsaved values of the form. */
interface Draft {
  readonly values: FormValues;
  /** The `updatedAt` of the article that the values started from. */
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
  /** Whether the draft was stored before this page was opened. */
  readonly isRestored: boolean;
  /** Whether there is something to save. */
  readonly isDirty: boolean;
  readonly change: (values: Partial<FormValues>) => void;
  readonly remember: (sent: Sent | undefined) => void;
  /**
   * Continues from the saved article, and keeps later changes. @param saved the saved values; null: all values are kept
   */
  readonly settle: (article: EditableArticleFragment, saved: FormValues | null) => void;
  /** Continues from the article in its present state, and discards the draft. */
  readonly startFrom: (article: EditableArticleFragment | null) => void;
}

const draftOf = (article: EditableArticleFragment | null): Draft =>
  article ? { values: valuesOf(article), base: article.updatedAt } : { values: emptyValues };

const keyOf = (viewerId: string, article: EditableArticleFragment | null): string =>
  `standfirst.article.${viewerId}.${article?.id ?? 'new'}`;

const isUnsaved = ({ sent, values }: Draft, article: EditableArticleFragment | null): boolean =>
  sent !== undefined || !isSame(values, draftOf(article).values);

/** The form's values; they survive a reload. */
export function useArticleDraft(viewerId: string, article: EditableArticleFragment | null): ArticleDraft {
  const key = keyOf(viewerId, article);
  const [stored] = useState(() => readStored(key, isDraft));
  const [draft, setDraft] = useState<Draft>(() => stored ?? draftOf(article));
  const [isRestored, setRestored] = useState(stored !== undefined);
  // The reader may go on writing during a save: its result must be applied to the latest draft.
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
      // The draft of a new article moves to the key of the created article.
      if (article === null) writeStored(key, undefined);
      keep(isSame(values, saved) ? draftOf(from) : { values, base: from.updatedAt }, from);
    },
    startFrom: (from) => {
      setRestored(false);
      keep(draftOf(from), from);
    },
  };
}
