import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const factors: Readonly<Record<string, number>> = {
  KiB: 1024,
  MiB: 1024 ** 2,
  s: 1000,
  min: 60_000,
  days: 86_400_000,
};

/** A number as the page writes it: "6,000", "8 MiB", "15 min"; times in milliseconds. Anything else is NaN. */
export function numberOf(written: string): number {
  const [, digits = 'none', unit] = /^(\d[\d,.]*)(?: (\w+))?$/.exec(written) ?? [];
  return Number(digits.replaceAll(',', '')) * (unit === undefined ? 1 : (factors[unit] ?? Number.NaN));
}

/** A limit as a row of the page's table. */
export interface Limit {
  readonly what: string;
  /** The name in the `RateLimit` header fields; undefined: none. */
  readonly policy: string | undefined;
  readonly number: number;
  readonly window: string;
  readonly by: string;
  readonly setting: string | undefined;
  readonly beyond: string;
}

/** `docs/conventions.md`, by its sections. */
export class ConventionsPage {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  static async read(): Promise<ConventionsPage> {
    const path = join(import.meta.dirname, '../../docs/conventions.md');
    return new ConventionsPage(await readFile(path, 'utf8'));
  }

  section(title: string): string {
    const found = this.text.split(/^## /m).find((part) => part.startsWith(`${title}\n`));
    if (found === undefined) throw new Error(`The page has no section ${title}`);
    return found;
  }

  /** The rows of all tables of a section, without their heads. */
  rows(title: string): string[][] {
    const lines = this.section(title).split('\n');
    return lines
      .filter((line, at) => /^\| (?!--)/.test(line) && lines[at + 1]?.startsWith('| --') !== true)
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
  }

  limits(): Limit[] {
    return this.rows('Limits').map(
      ([what = '', number = '', window = '', by = '', setting = '', beyond = '']) => ({
        what,
        policy: /^`([a-z-]+)`:/.exec(what)?.[1],
        number: numberOf(number),
        window,
        by,
        setting: /`(\w+)`/.exec(setting)?.[1],
        beyond,
      }),
    );
  }
}
