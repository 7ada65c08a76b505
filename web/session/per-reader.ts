import { type Reader } from './session.ts';

/**
 * Keeps one value for each reader: the page has one reader, tests have several.
 * @param make creates the value at its first use
 * @param onChange called when a reader has signed in or out
 */
export function perReader<Value>(
  make: (reader: Reader) => Value,
  onChange: (value: Value) => void,
): (reader: Reader) => Value {
  const values = new WeakMap<Reader, { readonly value: Value }>();
  return (reader) => {
    const known = values.get(reader);
    if (known) return known.value;
    const value = make(reader);
    values.set(reader, { value });
    reader.subscribe(() => onChange(value));
    return value;
  };
}
