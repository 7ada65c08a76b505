/** A fault in a document, and its path: `comments[3].parentKey: no such comment`. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The most faults that are listed for one document; a document with more of them needs another attempt anyway. */
export const maxFaultsTold = 50;

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

/** One line for each fault, and one with the number of faults that are left out. */
export function faultLines(faults: readonly Fault[]): string[] {
  const lines = faults.slice(0, maxFaultsTold).map(({ path, message }) => {
    const where = pathText(path);
    return where === '' ? message : `${where}: ${message}`;
  });
  const untold = faults.length - lines.length;
  return untold > 0 ? [...lines, `and ${untold} more`] : lines;
}

/** Thrown for a document that was refused as a whole: nothing of the document was written. */
export class ImportRefusal extends Error {
  override readonly name = 'ImportRefusal';
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faultLines(faults).join('\n'));
    this.faults = faults;
  }

  static of(path: readonly PropertyKey[], message: string): ImportRefusal {
    return new ImportRefusal([{ path, message }]);
  }
}
