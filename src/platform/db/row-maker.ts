import { compileFunction } from 'node:vm';

/** Reads the text of a column's value. */
type Parser = (text: string) => unknown;

/** Makes a row from the texts of its values, with null for what is null. */
export type RowMaker = (parsers: readonly Parser[], values: readonly (string | null)[]) => object;

/** Most lists of columns for which makers are kept. The service's own statements have a few hundred. */
const maxMakers = 1000;

/** By the names of the columns. */
const makers = new Map<string, RowMaker>();

/**
 * The maker of rows with these columns. The driver copies an empty row and sets its properties by their names, one after
 * the other, which is a twentieth of all that a page of a hundred rows costs. An object literal has them at once.
 * @param names of the columns, in order; of equal ones the last counts, as for the driver
 * @returns undefined if there are too many other lists, or a name that a literal would not take for a property
 */
export function rowMaker(names: readonly string[]): RowMaker | undefined {
  const key = JSON.stringify(names);
  const known = makers.get(key);
  if (known || makers.size >= maxMakers || names.includes('__proto__')) return known;
  const properties = names.map(
    (name, index) =>
      `${JSON.stringify(name)}: values[${index}] === null ? null : parsers[${index}](values[${index}])`,
  );
  const maker = compileFunction(`return { ${properties.join(', ')} };`, ['parsers', 'values']) as RowMaker;
  makers.set(key, maker);
  return maker;
}
