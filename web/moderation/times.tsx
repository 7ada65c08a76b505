import { useState } from 'react';
import { Field } from '../layout/field.tsx';
import { type Fault, type Faults } from '../layout/use-faults.ts';
import { peopleTexts as words } from './people-texts.ts';

const dayMs = 86_400_000;

type End = keyof typeof words.ends;
type Start = keyof typeof words.starts;

/** How far ahead each choice is, in milliseconds. */
const ahead: Readonly<Record<Exclude<End, 'never' | 'time'>, number>> = {
  day: dayMs,
  days: 3 * dayMs,
  week: 7 * dayMs,
  month: 30 * dayMs,
  quarter: 90 * dayMs,
  year: 365 * dayMs,
};

/** How long ago each choice is, in milliseconds. */
const ago: Readonly<Record<Exclude<Start, 'always' | 'time'>, number>> = {
  hour: dayMs / 24,
  day: dayMs,
  week: 7 * dayMs,
  month: 30 * dayMs,
};

interface Props<Choice extends string> {
  /** Name of the field in the mutation's `input`. */
  readonly name: string;
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly texts: Readonly<Record<Choice, string>>;
  readonly faults: Pick<Faults, 'at' | 'forget'>;
}

/** A time by one of a few choices, or exactly. */
function TimeField<Choice extends string>({ name, label, choices, texts, faults }: Props<Choice>) {
  const [isExact, setExact] = useState(false);
  const error = faults.at(name);
  return (
    <>
      <Field label={label} error={isExact ? undefined : error}>
        {(control) => (
          <select
            {...control}
            name={name}
            onChange={({ target }) => {
              faults.forget([name]);
              setExact(target.value === 'time');
            }}
          >
            {choices.map((choice) => (
              <option key={choice} value={choice}>
                {texts[choice]}
              </option>
            ))}
          </select>
        )}
      </Field>
      {isExact && (
        <Field label={words.time} error={error}>
          {(control) => (
            <input
              {...control}
              className="mod-time"
              name={`${name}Time`}
              type="datetime-local"
              onInput={() => faults.forget([name])}
            />
          )}
        </Field>
      )}
    </>
  );
}

const endsWithTime: readonly End[] = ['day', 'days', 'week', 'month', 'quarter', 'year', 'time'];
const endsWithNever: readonly End[] = ['never', ...endsWithTime];

/** When a sanction ends. */
export function EndField({ faults, mayNever }: Pick<Props<End>, 'faults'> & { readonly mayNever: boolean }) {
  const choices = mayNever ? endsWithNever : endsWithTime;
  return <TimeField name="until" label={words.until} choices={choices} texts={words.ends} faults={faults} />;
}

const starts: readonly Start[] = ['hour', 'day', 'week', 'month', 'always', 'time'];

/** Since when comments are meant. */
export function StartField({ faults }: Pick<Props<Start>, 'faults'>) {
  return (
    <TimeField
      name="since"
      label={words.writtenSince}
      choices={starts}
      texts={words.starts}
      faults={faults}
    />
  );
}

/** The chosen time; null: none; undefined: the exact time is missing. In the browser's time zone. */
function timeOf(
  name: string,
  valueOf: (name: string) => string,
  offsets: Readonly<Record<string, number>>,
): string | null | undefined {
  const choice = valueOf(name);
  if (choice === 'never') return null;
  if (choice === 'always') return new Date(0).toISOString();
  if (choice !== 'time') return new Date(Date.now() + (offsets[choice] ?? 0)).toISOString();
  const exact = new Date(valueOf(`${name}Time`));
  return Number.isNaN(exact.getTime()) ? undefined : exact.toISOString();
}

export const endOf = (valueOf: (name: string) => string): string | null | undefined =>
  timeOf('until', valueOf, ahead);

export const startOf = (valueOf: (name: string) => string): string | null | undefined =>
  timeOf('since', valueOf, Object.fromEntries(Object.entries(ago).map(([name, ms]) => [name, -ms])));

/** The exact time is missing. */
export const noTime = (name: 'until' | 'since'): readonly Fault[] => [
  { field: [name], message: words.chooseTime },
];
