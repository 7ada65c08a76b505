import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

/** A script of the page below, long enough to be compressed. */
export const script = `console.log(${JSON.stringify('the page '.repeat(400))});\n`;

/** Creates a folder like that of a built page. The last line of each encoding of the script names the encoding. */
export function makeWebRoot(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'standfirst-web-'));
  mkdirSync(join(path, 'assets'));
  const write = (name: string, content: string | Buffer) => writeFileSync(join(path, name), content);
  write(
    'index.html',
    `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <!--head-->
    <script type="module" crossorigin src="/assets/index-abc123.js"></script>
  </head>
  <body>
    <div id="root"><!--content--></div>
  </body>
</html>
`,
  );
  write('assets/index-abc123.js', `${script}// plain`);
  write('assets/index-abc123.js.br', brotliCompressSync(`${script}// br`));
  write('assets/index-abc123.js.gz', gzipSync(`${script}// gzip`));
  write('assets/inter-def456.woff2', Buffer.from([1, 2, 3]));
  write('assets/.hidden', 'hidden');
  mkdirSync(join(path, 'embed'));
  for (const name of ['thread.js', 'frame.js', 'licences.txt']) {
    write(`embed/${name}`, `${script}// ${name}`);
    write(`embed/${name}.br`, brotliCompressSync(`${script}// br`));
    write(`embed/${name}.gz`, gzipSync(`${script}// gzip`));
  }
  write('licences.txt', 'A licence.');
  write('favicon.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
  return { path, remove: () => rmSync(path, { recursive: true }) };
}

function elementsOf(node: Node): Element[] {
  const children = 'childNodes' in node ? node.childNodes.flatMap(elementsOf) : [];
  return 'tagName' in node ? [node, ...children] : children;
}

const attributesOf = ({ attrs }: Element): Record<string, string> =>
  Object.fromEntries(attrs.map(({ name, value }) => [name, value]));

const textOf = (node: Node): string =>
  'value' in node ? node.value : 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';

/** A page as a browser parses it. */
export interface ReadPage {
  readonly title: string;
  /** Contents of `meta` elements by name or property; a list where there are several with one name. */
  readonly meta: Record<string, string | string[]>;
  readonly canonical: string | undefined;
  /** The links to other forms of the page, for programs. */
  readonly alternates: readonly { readonly type: string; readonly href: string; readonly title: string }[];
  readonly jsonLd: any;
  /** The types of all `script` elements. */
  readonly scripts: readonly string[];
  /** The content that a browser without scripts displays: its tags and its text. */
  readonly content: { readonly tags: readonly string[]; readonly text: string };
  /** Names of inserted elements without the attribute `data-served`. */
  readonly unmarked: readonly string[];
}

/** @param scripting whether the browser runs scripts, in which case it parses `noscript` as text */
export function readPage(text: string, { scripting = false } = {}): ReadPage {
  const elements = elementsOf(parse(text, { scriptingEnabled: scripting }));
  const meta: Record<string, string | string[]> = {};
  const ofName = (name: string) => elements.filter(({ tagName }) => tagName === name);
  for (const { name, property, content = '' } of ofName('meta').map(attributesOf)) {
    const key = name ?? property;
    if (key === undefined) continue;
    const before = meta[key];
    meta[key] = before === undefined ? content : [before, content].flat();
  }
  const data = ofName('script').find((element) => attributesOf(element).type === 'application/ld+json');
  const root = elements.find((element) => attributesOf(element).id === 'root');
  if (!root) throw new Error('The page has no root');
  const served = (element: Element) => 'data-served' in attributesOf(element);
  const own = (element: Element) => {
    const { charset, src } = attributesOf(element);
    return charset !== undefined || src !== undefined;
  };
  const top = [
    ...elements.filter(({ parentNode }) => parentNode?.nodeName === 'head'),
    ...root.childNodes.filter((node): node is Element => 'tagName' in node),
  ];
  return {
    title: ofName('title').map(textOf).join('|'),
    meta,
    canonical: ofName('link')
      .map(attributesOf)
      .find(({ rel }) => rel === 'canonical')?.href,
    alternates: ofName('link')
      .map(attributesOf)
      .filter(({ rel }) => rel === 'alternate')
      .map(({ type = '', href = '', title = '' }) => ({ type, href, title })),
    jsonLd: data && JSON.parse(textOf(data)),
    scripts: ofName('script').map((element) => attributesOf(element).type ?? ''),
    content: {
      tags: elementsOf(root)
        .slice(1)
        .map(({ tagName }) => tagName),
      text: textOf(root).replace(/\s+/g, ' ').trim(),
    },
    unmarked: top.filter((element) => !served(element) && !own(element)).map(({ tagName }) => tagName),
  };
}
