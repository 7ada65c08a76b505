import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { type ModerationWordAction, type ModerationWordMode } from '../graphql/generated/graphql.ts';
import { Field } from '../layout/field.tsx';
import { FieldsForm } from '../layout/fields-form.tsx';
import { type Fault } from '../layout/use-faults.ts';
import { written } from '../layout/written.ts';
import { AddWords } from './word-documents.ts';
import { wordTexts as words } from './words-texts.ts';

const modes = Object.keys(words.modeHints) as ModerationWordMode[];
const actions = Object.keys(words.actionHints) as ModerationWordAction[];

/** The lines of a text that have something in them, each with its number from 1. */
function linesOf(text: string): readonly { readonly text: string; readonly line: number }[] {
  return text
    .split('\n')
    .map((each, at) => ({ text: each.trim(), line: at + 1 }))
    .filter((each) => each.text !== '');
}

/** A form that adds words, one in each line. All of them are added, or none. */
export function NewWords({ onAdded }: { readonly onAdded: (count: number) => void }) {
  const [add] = useMutation(AddWords);
  return (
    <FieldsForm
      action={words.add}
      pending={words.adding}
      fields={[]}
      others={['words', 'mode', 'action', 'language']}
      send={async (valueOf) => {
        const lines = linesOf(valueOf('words'));
        if (lines.length === 0) return [{ field: ['words'], message: words.noWords }];
        const mode = modes.find((each) => each === valueOf('mode')) ?? 'EXACT';
        const action = actions.find((each) => each === valueOf('action')) ?? 'HOLD';
        const language = valueOf('language') || null;
        const { data } = await add({
          variables: { input: { words: lines.map(({ text }) => ({ text, mode, action, language })) } },
        });
        const { words: added = [], userErrors = [] } = data?.addModerationWords ?? {};
        if (added.length > 0) onAdded(added.length);
        return userErrors.map((fault) => atItsLine(fault, lines));
      }}
    >
      {(faults) => (
        <>
          <Field label={words.words} hint={words.wordsHint} error={faults.at('words')}>
            {(control) => (
              <textarea
                {...written}
                {...control}
                name="words"
                rows={6}
                autoComplete="off"
                spellCheck={false}
                onInput={() => faults.forget(['words'])}
              />
            )}
          </Field>
          <Select name="mode" label={words.mode} choices={words.modes} hintOf={words.modeHints} />
          <Select name="action" label={words.action} choices={words.outcomes} hintOf={words.actionHints} />
          <Select
            name="language"
            label={words.language}
            choices={words.languages}
            hint={words.languageHint}
          />
        </>
      )}
    </FieldsForm>
  );
}

/** A fault names the position of the word among those that were sent; the reader sees lines. */
function atItsLine(fault: Fault, lines: readonly { readonly text: string; readonly line: number }[]): Fault {
  const [list, position] = fault.field ?? [];
  const line = list === 'words' ? lines[Number(position)] : undefined;
  if (!line) return fault;
  return { field: ['words'], message: words.atLine(line.line, line.text, fault.message) };
}

interface SelectProps {
  readonly name: string;
  readonly label: string;
  readonly choices: Readonly<Record<string, string>>;
  readonly hint?: string;
  /** What each choice means. */
  readonly hintOf?: Readonly<Record<string, string>>;
}

function Select({ name, label, choices, hint, hintOf }: SelectProps) {
  const [value, setValue] = useState(Object.keys(choices)[0] ?? '');
  return (
    <Field label={label} hint={hintOf?.[value] ?? hint}>
      {(control) => (
        <select {...control} name={name} value={value} onChange={({ target }) => setValue(target.value)}>
          {Object.entries(choices).map(([choice, text]) => (
            <option key={choice} value={choice}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
