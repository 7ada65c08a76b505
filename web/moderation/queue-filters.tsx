import { useSearchParams } from 'wouter';
import { type ChoiceName, type QueueChoice } from './queue-filter.ts';
import type { QueueSnapshot } from './queue-list.ts';
import { queueTexts as words } from './queue-texts.ts';

interface Props {
  readonly choice: QueueChoice;
  readonly entries: QueueSnapshot['entries'];
}

/** What of the queue is shown: the choice is in the address, so that it can be linked and gone back to. */
export function QueueFilters({ choice, entries }: Props) {
  const [search, setSearch] = useSearchParams();
  const set = (name: ChoiceName, value: string) => {
    const next = new URLSearchParams(search);
    if (value === '') next.delete(name);
    else next.set(name, value);
    setSearch(next);
  };
  const item = entries.find((entry) => entry.item)?.item;
  const chips = [
    ...(choice.person === undefined ? [] : [['person', words.byPerson(item?.person?.name)] as const]),
    ...(choice.article === undefined ? [] : [['article', words.onArticle(item?.article?.title)] as const]),
  ];
  const phases = Object.entries(words.phases);
  return (
    <div className="queue-filters" role="group" aria-label={words.filters}>
      <select
        aria-label={words.waits}
        value={choice.waits ?? ''}
        onChange={({ currentTarget }) => set('waits', currentTarget.value)}
      >
        <option value="">{words.anything}</option>
        {Object.entries(words.kindNames).map(([kind, name]) => (
          <option key={kind} value={kind}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label={words.phase}
        value={choice.phase ?? ''}
        onChange={({ currentTarget }) => set('phase', currentTarget.value)}
      >
        <option value="">{words.anyPhase}</option>
        {phases.map(([phase, name]) => (
          <option key={phase} value={phase}>
            {name}
          </option>
        ))}
      </select>
      {chips.map(([name, label]) => (
        <button
          key={name}
          type="button"
          className="queue-chip"
          aria-label={words.dropFilter(label)}
          onClick={() => set(name, '')}
        >
          {label} <span aria-hidden="true">×</span>
        </button>
      ))}
    </div>
  );
}
