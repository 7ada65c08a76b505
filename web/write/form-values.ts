import {
  type CommentPolicy,
  type CreateArticleInput,
  type EditableArticleFragment,
} from '../graphql/generated/graphql.ts';
import { hasTexts } from '../storage.ts';

export interface SignatureValues {
  readonly name: string;
  readonly role: string;
  readonly organisation: string;
}

/** The values of the form's controls. */
export interface FormValues {
  readonly title: string;
  readonly standfirst: string;
  /** Separated by commas. */
  readonly tags: string;
  readonly body: string;
  readonly signatures: readonly SignatureValues[];
  readonly canonicalUrl: string;
  readonly commentPolicy: CommentPolicy;
  /** Byline of a new article; empty: the viewer's own. */
  readonly journalistId: string;
}

export const emptySignature: SignatureValues = { name: '', role: '', organisation: '' };

export const emptyValues: FormValues = {
  title: '',
  standfirst: '',
  tags: '',
  body: '',
  signatures: [],
  canonicalUrl: '',
  commentPolicy: 'OPEN',
  journalistId: '',
};

/** Whether a stored value is a form's values. */
export function areFormValues(value: unknown): value is FormValues {
  const { signatures: _, ...texts } = emptyValues;
  if (!hasTexts(value, Object.keys(texts) as (keyof typeof texts)[])) return false;
  const rows = (value as { signatures?: unknown }).signatures;
  const names = Object.keys(emptySignature) as (keyof SignatureValues)[];
  return Array.isArray(rows) && rows.every((row) => hasTexts(row, names));
}

export function valuesOf(article: EditableArticleFragment): FormValues {
  return {
    title: article.title,
    standfirst: article.standfirst ?? '',
    tags: (article.tags ?? []).map(({ name }) => name).join(', '),
    body: article.viewerBodyMarkdown ?? '',
    signatures: article.signatures.map(({ name, role, organisation }) => ({
      name,
      role: role ?? '',
      organisation: organisation ?? '',
    })),
    canonicalUrl: article.canonicalUrl ?? '',
    commentPolicy: article.commentPolicy,
    journalistId: '',
  };
}

export const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

/** Whether a row of the signatures is empty: such rows are not sent. */
export const isBlank = ({ name, role, organisation }: SignatureValues): boolean =>
  (name + role + organisation).trim() === '';

/** The fields of an article's text as an input, both for a new article and for a change. */
export function textOf(values: FormValues) {
  return {
    title: values.title,
    standfirst: orNull(values.standfirst),
    tags: values.tags
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
    body: values.body,
    signatures: values.signatures
      .filter((row) => !isBlank(row))
      .map(({ name, role, organisation }) => ({
        name,
        role: orNull(role),
        organisation: orNull(organisation),
      })),
    canonicalUrl: orNull(values.canonicalUrl),
  };
}

export function inputOf(values: FormValues): CreateArticleInput {
  const { commentPolicy, journalistId } = values;
  return { ...textOf(values), commentPolicy, journalistId: orNull(journalistId) };
}

/** Whether a text can be a web address: the API treats any other as an error of the program, not of its user. */
export const isAddress = (text: string): boolean =>
  text.trim() === '' || (URL.canParse(text.trim()) && /^https?:/i.test(text.trim()));
