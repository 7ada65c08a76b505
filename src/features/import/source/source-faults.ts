import { maxFaultsTold } from '../faults.ts';
import type { Place } from './source.ts';

const placeText = ({ line, file }: Place): string => `${file === undefined ? '' : `${file}, `}line ${line}`;

/** Thrown for an export of which nothing was written. */
export class SourceRefusal extends Error {
  override readonly name = 'SourceRefusal';
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }

  static at(place: Place, message: string): SourceRefusal {
    return new SourceRefusal([`${placeText(place)}: ${message}`]);
  }
}

const byPlace = (a: { readonly place: Place }, b: { readonly place: Place }): number => {
  const [first, second] = [a.place.file ?? '', b.place.file ?? ''];
  return first === second ? a.place.line - b.place.line : first < second ? -1 : 1;
};

/** Faults of an export: the first ones by their lines, whenever they were found, and the number of the others. */
export class SourceFaults {
  #first: { readonly place: Place; readonly message: string }[] = [];
  #count = 0;

  add(place: Place, message: string): void {
    this.#count += 1;
    this.#first.push({ place, message });
    if (this.#first.length >= 2 * maxFaultsTold) this.#keepFirst();
  }

  /** @throws SourceRefusal if there are any */
  require(): void {
    if (this.#count === 0) return;
    this.#keepFirst();
    const lines = this.#first.map(({ place, message }) => `${placeText(place)}: ${message}`);
    const untold = this.#count - lines.length;
    throw new SourceRefusal(untold > 0 ? [...lines, `and ${untold} more`] : lines);
  }

  #keepFirst(): void {
    this.#first = this.#first.sort(byPlace).slice(0, maxFaultsTold);
  }
}
