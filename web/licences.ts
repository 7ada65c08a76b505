import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Plugin } from 'vite';

/** The file of Vite's own list, by `build.license`; only the text made of it is published. */
export const licenceList = 'licences.json';

/** A package in Vite's list. */
interface Entry {
  readonly name: string;
  readonly version: string;
  readonly identifier?: string;
  readonly text?: string;
}

/** Packages that are published without the text of their licence, and one of the same repository that has it. */
const textsElsewhere: Readonly<Record<string, string>> = {
  '@wry/context': '@wry/equality',
  '@wry/trie': '@wry/equality',
};

const textOf = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8').trim();

/** Texts of licences, for packages that are published without one. */
const commonTexts: Readonly<Record<string, (name: string, listed: readonly Entry[]) => string | undefined>> =
  {
    Unlicense: () => textOf('unlicense.txt'),
    MIT: (name) => `Copyright © the authors of ${name}\n\n${textOf('mit.txt')}`,
    // It names nobody.
    'Apache-2.0': (_, listed) =>
      listed.find(({ identifier, text }) => identifier === 'Apache-2.0' && text)?.text,
  };

/** The bundlers, which add code of their own to a bundle and are not in Vite's list, with the files of their licences. */
const bundlers: Readonly<Record<string, string>> = { rolldown: 'LICENSE', vite: 'LICENSE.md' };

const packageOf = createRequire(import.meta.url);

function bundler([name, file]: [string, string]): Entry {
  const manifest = packageOf.resolve(`${name}/package.json`);
  const { version, license } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    version: string;
    license: string;
  };
  const text = readFileSync(manifest.replace(/package\.json$/, file), 'utf8');
  // What Vite is built of follows its own licence, and is no part of a page.
  return { name, version, identifier: license, text: text.replace(/\n# Licenses of bundled[^]*/, '').trim() };
}

/**
 * Writes the names, versions and licences of all packages in the build, the typefaces among them, to `licences.txt`
 * beside it: their licences demand that the notices go along with copies. A package without a text ends the build.
 * @param whole what is built
 */
export const licences = (whole = 'This page'): Plugin => ({
  name: 'licences',
  apply: 'build',
  generateBundle: {
    order: 'post',
    handler(_options, bundle) {
      const list = bundle[licenceList];
      if (list?.type !== 'asset') throw new Error(`The build has no ${licenceList}`);
      delete bundle[licenceList];
      const listed = JSON.parse(list.source.toString()) as Entry[];
      const entries = [...listed, ...Object.entries(bundlers).map(bundler)];
      const licenceOf = ({ name, identifier = '', text }: Entry): string => {
        const sibling = listed.find((entry) => entry.name === textsElsewhere[name]);
        const found = text ?? sibling?.text ?? commonTexts[identifier]?.(name, listed);
        if (found === undefined) throw new Error(`${name} is published without the text of its licence`);
        return found;
      };
      const notices = entries.map((entry) => {
        const { name, version, identifier } = entry;
        return `${name} ${version}${identifier === undefined ? '' : ` (${identifier})`}\n\n${licenceOf(entry)}\n`;
      });
      const source = [`${whole} contains the following packages.\n`, ...notices].join(
        `\n${'='.repeat(80)}\n\n`,
      );
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source });
    },
  },
});
