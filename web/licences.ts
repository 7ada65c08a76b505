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

/** Licences whose text is the same for all packages, for those that are published without it. */
const commonTexts: Readonly<Record<string, string>> = {
  Unlicense: readFileSync(new URL('unlicense.txt', import.meta.url), 'utf8').trim(),
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
 * beside the page: their licences demand that the notices go along with copies. A package without a text ends the build.
 */
export const licences = (): Plugin => ({
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
      const textOf = ({ name, identifier = '', text }: Entry): string => {
        const sibling = listed.find((entry) => entry.name === textsElsewhere[name]);
        const found = text ?? sibling?.text ?? commonTexts[identifier];
        if (found === undefined) throw new Error(`${name} is published without the text of its licence`);
        return found;
      };
      const notices = entries.map((entry) => {
        const { name, version, identifier } = entry;
        return `${name} ${version}${identifier === undefined ? '' : ` (${identifier})`}\n\n${textOf(entry)}\n`;
      });
      const source = ['This page contains the following packages.\n', ...notices].join(
        `\n${'='.repeat(80)}\n\n`,
      );
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source });
    },
  },
});
