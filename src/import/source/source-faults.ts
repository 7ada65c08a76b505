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

/** Faults of an export: the first ones with their lines, and the number of the others. */
export class SourceFaults {
  readonly #lines: string[] = [];
  #untold = 0;

  add(place: Place, message: string): void {
    if (this.#lines.length < maxFaultsTold) this.#lines.push(`${placeText(place)}: ${message}`);
    else this.#untold += 1;
  }

  /** @throws SourceRefusal if there are any */
  require(): void {
    if (this.#lines.length === 0) return;
    throw new SourceRefusal(this.#untold > 0 ? [...this.#lines, `and ${this.#untold} more`] : this.#lines);
  }
}
