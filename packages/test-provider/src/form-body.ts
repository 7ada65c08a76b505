import { StripeFault } from './stripe-fault.ts';

/** Parameters of a request, which may be nested: `metadata[payment_key]=7` is `{ metadata: { payment_key: '7' } }`. */
export interface FormFields {
  readonly [name: string]: string | FormFields;
}

type Mutable = { [name: string]: string | Mutable };

const [maxFields, maxDepth, maxNameLength] = [200, 4, 200];

/** Without a prototype, so that no name means anything but itself. */
const empty = (): Mutable => Object.create(null) as Mutable;

const refuse = (name: string): never => {
  throw StripeFault.parameter(
    name.slice(0, maxNameLength),
    'parameter_invalid',
    'The form is not well-formed.',
  );
};

function pathOf(name: string): readonly string[] {
  const [, first, rest] = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name) ?? [];
  if (first === undefined || name.length > maxNameLength) return refuse(name);
  const path = [first, ...(rest ?? '').split(/[[\]]+/).filter((part) => part !== '')];
  return path.length > maxDepth ? refuse(name) : path;
}

/**
 * Parses a query string or a body of a form as Stripe's packages write it.
 * @throws StripeFault where the form is too large, too deep, or contradicts itself
 */
export function parseForm(text: string): FormFields {
  const fields = empty();
  let count = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    if (++count > maxFields) refuse(name);
    const path = pathOf(name);
    let place = fields;
    for (const part of path.slice(0, -1)) {
      const next = (place[part] ??= empty());
      place = typeof next === 'string' ? refuse(name) : next;
    }
    const last = path.at(-1) ?? '';
    if (place[last] !== undefined) refuse(name);
    place[last] = value;
  }
  return fields;
}
