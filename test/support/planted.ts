import { isInputObjectType } from 'graphql';
import type { Page } from 'playwright-core';
import { features } from '../../src/app/features.ts';
import { textsOf } from '../../src/platform/feature/gather.ts';
import { committedSchema } from './everything.ts';

/** Letters in everything that is planted, and in nothing else. */
export const seed = 'זרע';

/** Names of all fields that show what people write, as the features declare them. */
export const written: readonly string[] = [
  ...new Set(
    Object.entries(textsOf(features))
      .filter(([, text]) => text !== 'NO_TEXT')
      .map(([path]) => path.split('.'))
      .filter(([type = '']) => !isInputObjectType(committedSchema.getType(type)))
      .map(([, field = '']) => field),
  ),
].sort();

/** The text that is planted in a field: letters of Hebrew, with the field's number. */
export const plantedIn = (field: string): string => `${seed} ${written.indexOf(field)}`;

function plant(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => plant(each, name));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plant(each, key)]));
  // Values of enumerations have capitals alone.
  if (typeof value !== 'string' || !written.includes(name) || /^[A-Z_]*$/.test(value)) return value;
  return name.endsWith('Html') ? value.replace(/>[^<\n]+</g, `>${plantedIn(name)}<`) : plantedIn(name);
}

/** Puts planted texts into all answers that a page gets. */
export async function plantAnswers(page: Page): Promise<void> {
  await page.route('**/graphql', async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    try {
      const response = await route.fetch();
      await route.fulfill({ response, json: plant(await response.json()) });
    } catch {
      // The page was left, or the answer is none.
      await route.abort().catch(() => undefined);
    }
  });
}

/** What is wrong with the planted texts of a page, and which of them it shows. */
export interface Planted {
  readonly faults: readonly string[];
  readonly shown: readonly string[];
}

/**
 * Looks at all texts of the page, and of shadow roots in it. A planted text stands in an element with a direction of its own, and
 * where something is written before it in the same element, between the characters of an isolate or in an element of its own.
 * No language is claimed for it, and its letters are not slanted.
 */
export async function lookForPlanted(page: Page): Promise<Planted> {
  const { faults, shown } = await page.evaluate<Planted, string>(look, seed);
  const names = shown.map((number) => written[Number(number)] ?? 'planted');
  return { faults, shown: [...new Set(names)] };
}

/** Runs in the page. */
function look(planted: string): Planted {
  const { document, getComputedStyle, NodeFilter } = globalThis as any;
  const faults: string[] = [];
  const shown: string[] = [];
  const isolates = /[\u2066-\u2068][^\u2066-\u2069]*\u2069/gu;
  const numbered = new RegExp(`${planted} (\\d+)`, 'g');
  // Methods, since functions with names would need a helper of the test's compiler.
  const page = {
    /** Whether a text is part of a sentence that is not planted, and is not isolated in it. */
    isBare(text: string): boolean {
      const left = text.replace(isolates, '');
      const at = left.indexOf(planted);
      return at >= 0 && /\p{L}/u.test(left.slice(0, at));
    },
    nameOf({ localName, id, classList }: any): string {
      return `${localName}${id ? `#${String(id).slice(0, 20)}` : ''}${[...classList].map((name) => `.${name}`).join('')}`;
    },
    languageOf(element: any): string {
      const { host } = element.getRootNode();
      const holder = element.closest('[lang]');
      return holder || !host ? (holder?.lang ?? '') : page.languageOf(host);
    },
    say(element: any, what: string): void {
      const names = [element.parentElement, element].filter(Boolean).map((each) => page.nameOf(each));
      faults.push(`${names.join(' > ')}: ${what}`);
    },
    visitElement(element: any): void {
      if (element.shadowRoot) page.visit(element.shadowRoot);
      for (const name of ['aria-label', 'title', 'alt', 'placeholder', 'aria-valuetext']) {
        const value = element.getAttribute(name) ?? '';
        if (page.isBare(value)) page.say(element, `${name}="${value}"`);
      }
      const isField = ['textarea', 'input'].includes(element.localName) && element.type !== 'hidden';
      if (!isField || !String(element.value).includes(planted)) return;
      if (element.dir !== 'auto' || page.languageOf(element) !== '')
        page.say(element, `value "${element.value}"`);
    },
    visitText({ data, parentElement: element }: any): void {
      const text = String(data);
      const isCode = ['script', 'style', 'textarea', 'noscript'].includes(element?.localName);
      if (!element || isCode || !text.includes(planted)) return;
      if (!element.closest('[hidden]'))
        for (const [, number = ''] of text.matchAll(numbered)) shown.push(number);
      const isIsolated = !text.replace(isolates, '').includes(planted);
      const holder = element.closest('bdi, [dir]');
      const isHeld = holder?.localName === 'bdi' || ['auto', 'rtl'].includes(holder?.getAttribute('dir'));
      if ((!isHeld && !isIsolated) || page.isBare(text)) page.say(element, text);
      if (isIsolated) return;
      if (page.languageOf(element) !== '')
        page.say(element, `in the language ${page.languageOf(element)}: ${text}`);
      const { fontStyle, fontSynthesisStyle } = getComputedStyle(element);
      if (fontStyle === 'italic' && fontSynthesisStyle !== 'none') page.say(element, `slanted: ${text}`);
    },
    visit(root: any): void {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode())
        if (node.nodeType === 1) page.visitElement(node);
        else page.visitText(node);
    },
  };
  page.visit(document.body);
  if (page.isBare(document.title)) faults.push(`title: ${document.title}`);
  return { faults: [...new Set(faults)], shown };
}
