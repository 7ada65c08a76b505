import { type RefObject, useEffect, useState } from 'react';
import { texts } from '../texts.ts';

/** An item of `userErrors`. */
export interface Fault {
  readonly code?: string;
  readonly field: readonly string[] | null;
  readonly message: string;
}

export interface Faults {
  readonly set: (faults: readonly Fault[]) => void;
  /** Removes the errors of fields whose values have changed. */
  readonly forget: (fields: readonly string[]) => void;
  /** Message about a field, or about a part of it. */
  readonly at: (field: string) => string | undefined;
  /** Messages that concern none of the form's fields. */
  readonly general: readonly string[];
  readonly any: boolean;
}

// The most frequent error has a shorter text here than from the service, whose message has to name the field.
const textOf = ({ code, message }: Fault): string => (code === 'EMPTY_TEXT' ? texts.emptyField : message);

const isAt = ({ field }: Fault, name: string): boolean => {
  const path = field?.join('.') ?? '';
  return path === name || path.startsWith(`${name}.`);
};

/**
 * Errors by which the service refused a form. The first field with an error takes the focus.
 * @param fields names of the form's fields, as in the mutation's `input`
 */
export function useFaults(form: RefObject<HTMLFormElement | null>, fields: readonly string[]): Faults {
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  // The errors of the last answer, unchanged: the focus does not move while they are corrected one by one.
  const [answer, setAnswer] = useState(faults);
  useEffect(() => {
    if (answer.length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [form, answer]);
  return {
    set: (next) => {
      setFaults(next);
      setAnswer(next);
    },
    forget: (names) =>
      setFaults((now) => {
        const left = now.filter((fault) => !names.some((name) => isAt(fault, name)));
        return left.length === now.length ? now : left;
      }),
    at: (name) => faults.filter((fault) => isAt(fault, name)).map(textOf)[0],
    general: faults.filter((fault) => !fields.some((name) => isAt(fault, name))).map(textOf),
    any: faults.length > 0,
  };
}
