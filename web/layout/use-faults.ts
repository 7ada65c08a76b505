import { type RefObject, useEffect, useState } from 'react';
import { texts } from '../texts.ts';

/** What `userErrors` say. */
export interface Fault {
  readonly code?: string;
  readonly field: readonly string[] | null;
  readonly message: string;
}

interface Faults {
  readonly set: (faults: readonly Fault[]) => void;
  /** These fields have other values now. */
  readonly forget: (fields: readonly string[]) => void;
  /** What is wrong with a field, or with something inside it. */
  readonly at: (field: string) => string | undefined;
  /** What is wrong with none of the form's fields. */
  readonly general: readonly string[];
  readonly any: boolean;
}

// What is most often wrong is said shorter here than by the service, which has to name the field.
const textOf = ({ code, message }: Fault): string => (code === 'EMPTY_TEXT' ? texts.emptyField : message);

const isAt = ({ field }: Fault, name: string): boolean => {
  const path = field?.join('.') ?? '';
  return path === name || path.startsWith(`${name}.`);
};

/**
 * What the service refused of a form. The first field that it is about gets the focus.
 * @param fields the names of the form's fields, as in the mutation's `input`
 */
export function useFaults(form: RefObject<HTMLFormElement | null>, fields: readonly string[]): Faults {
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  // Of the last answer, as it came: while its faults are corrected one by one the focus stays where it is.
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
