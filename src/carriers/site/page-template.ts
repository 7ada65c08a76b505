import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { html, type Html } from '../../platform/page/html.ts';

const marks = ['<!--head-->', '<!--content-->'] as const;

/** Scripts that stand in the page itself. */
const inlineScripts = /<script>(.*?)<\/script>/gs;

/** The built page, with placeholders in its head and its body. */
export class PageTemplate {
  /** Sources of a content security policy for the scripts in the built page: no other one runs, whatever is inserted. */
  readonly scriptSources: readonly string[];
  readonly #parts: readonly [string, string, string];

  private constructor(parts: readonly [string, string, string]) {
    this.#parts = parts;
    this.scriptSources = [...parts.join('').matchAll(inlineScripts)].map(
      ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
    );
  }

  /**
   * Reads the page of a folder.
   * @returns undefined if none was built
   * @throws Error for a page without the placeholders
   */
  static async read(webRoot: string): Promise<PageTemplate | undefined> {
    const file = join(webRoot, 'index.html');
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
    const [before, ...behindHead] = text.split(marks[0]);
    const [between, ...behindContent] = behindHead.join('').split(marks[1]);
    if (
      before === undefined ||
      between === undefined ||
      behindHead.length !== 1 ||
      behindContent.length !== 1
    )
      throw new Error(`${file} has not each of ${marks.join(' and ')} once, in this order`);
    return new PageTemplate([before, between, behindContent.join('')]);
  }

  fill(head: Html, content: Html | undefined): string {
    const [before, between, behind] = this.#parts;
    return before + head.text + between + (content ?? html``).text + behind;
  }
}
