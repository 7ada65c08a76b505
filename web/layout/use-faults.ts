import { type RefObject, useEffect, useState } from 'react';

/** What `userErrors` say. */
export interface Fault {
  readonly field: readonly string[] | null;
  readonly message: string;
}

interface Faults {
  readonly set: (faults: readonly Fault[]) => void;
  /** What is wrong with a field, or with something inside it. */
  readonly at: (field: string) => string | undefined;
  /** What is wrong with none of the form's fields. */
  readonly general: readonly string[];
  readonly any: boolean;
}

const isAt = ({ field }: Fault, name: string): boolean => {
  const path = field?.join('.') ?? '';
  return path === name || path.startsWith(`${name}.`);
};

/**
 * What the service refused of a form. The first field that it is about gets the focus.
 * @param fields the names of the form's fields, as in the mutation's `input`
 */
export function useFaults(form: RefObject<HTMLFormElement | null>, fields: readonly string[]): Faults {
  const [faults, set] = useState<readonly Fault[]>([]);
  useEffect(() => {
    if (faults.length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [form, faults]);
  return {
    set,
    at: (name) => faults.find((fault) => isAt(fault, name))?.message,
    general: faults
      .filter((fault) => !fields.some((name) => isAt(fault, name)))
      .map(({ message }) => message),
    any: faults.length > 0,
  };
}
