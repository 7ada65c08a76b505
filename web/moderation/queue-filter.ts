import type {
  HeldKind,
  HoldPhase,
  ItemFactsFragment,
  ModerationQueueFilter,
} from '../graphql/generated/graphql.ts';
import { queueTexts as words } from './queue-texts.ts';

/** What of the queue is shown, as the address says: `?waits=EDIT&phase=WORDS&article=ID&person=ID`. */
export interface QueueChoice {
  readonly waits: HeldKind | 'REPORTED' | undefined;
  readonly phase: HoldPhase | undefined;
  readonly article: string | undefined;
  readonly person: string | undefined;
}

export type ChoiceName = keyof QueueChoice;

const kinds: readonly string[] = ['COMMENT', 'EDIT', 'REPORTS', 'REPORTED'];

const isPhase = (name: string | undefined): name is HoldPhase =>
  name !== undefined && Object.hasOwn(words.phases, name);

export function choiceOf(search: URLSearchParams): QueueChoice {
  const value = (name: ChoiceName) => search.get(name) ?? undefined;
  const waits = value('waits');
  const phase = value('phase');
  return {
    waits: waits !== undefined && kinds.includes(waits) ? (waits as QueueChoice['waits']) : undefined,
    phase: isPhase(phase) ? phase : undefined,
    article: value('article'),
    person: value('person'),
  };
}

export const isWhole = (choice: QueueChoice): boolean =>
  Object.values(choice).every((value) => value === undefined);

/** As the API takes it; null: the whole queue. */
export function filterOf(choice: QueueChoice): ModerationQueueFilter | null {
  const { waits, phase, article, person } = choice;
  if (isWhole(choice)) return null;
  return {
    held: waits === 'REPORTED' ? null : (waits ?? null),
    isReported: waits === 'REPORTED' ? true : null,
    phase: phase ?? null,
    articleId: article ?? null,
    personId: person ?? null,
  };
}

/** Whether an entry belongs to the list. */
export function fits({ waits, phase, article, person }: QueueChoice, entry: ItemFactsFragment): boolean {
  const isKind = waits === undefined || (waits === 'REPORTED' ? entry.reportCount > 0 : entry.held === waits);
  return (
    isKind &&
    (phase === undefined || entry.phase === phase) &&
    (article === undefined || entry.article?.id === article) &&
    (person === undefined || entry.person?.id === person)
  );
}
