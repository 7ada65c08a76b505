import type { Child } from '../harness/processes/child.ts';
import type { BenchOptions } from './options.ts';
import { table } from '../harness/figures.ts';

/** The required parts of V8's profile format. Times in microseconds. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
      readonly columnNumber?: number;
    };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** The package that a file belongs to; for the service's own files their folder. */
export function packageOf(url: string, functionName: string): string {
  if (url === '') return functionName.startsWith('(') ? functionName : 'V8 and native code';
  if (url.startsWith('node:')) return 'node';
  const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
  if (name !== undefined) return name;
  const [, folder] =
    /\/(?:dist\/bench\/|(?=(?:web|packages)\/))((?:src\/(?:platform|features|carriers)|src|bench|web|packages)\/[^/.]+)/.exec(
      url,
    ) ?? [];
  return folder ?? 'other';
}

/** A part of a profile, with its share of the busy CPU time. */
export interface ProfilePart {
  readonly name: string;
  readonly share: number;
}

function shares(times: ReadonlyMap<string, number>, busy: number): ProfilePart[] {
  return [...times].map(([name, time]) => ({ name, share: time / busy })).sort((a, b) => b.share - a.share);
}

/** Sums up self times, without idle time: by package, and by function. */
export function summarise(profile: CpuProfile): { packages: ProfilePart[]; functions: ProfilePart[] } {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const packages = new Map<string, number>();
  const functions = new Map<string, number>();
  let busy = 0;
  profile.samples.forEach((id, index) => {
    const frame = nodes.get(id);
    const time = profile.timeDeltas[index] ?? 0;
    if (!frame || frame.functionName === '(idle)') return;
    const owner = packageOf(frame.url, frame.functionName);
    const file = frame.url.split('/').at(-1) ?? '';
    const name = `${frame.functionName || '(anonymous)'} (${owner}${file === '' ? '' : `, ${file}:${frame.lineNumber + 1}`})`;
    busy += time;
    packages.set(owner, (packages.get(owner) ?? 0) + time);
    functions.set(name, (functions.get(name) ?? 0) + time);
  });
  return { packages: shares(packages, busy), functions: shares(functions, busy) };
}

const percent = (parts: readonly ProfilePart[], count: number): string[][] =>
  parts.slice(0, count).map(({ name, share }) => [name, `${(share * 100).toFixed(1)} %`]);

/**
 * Profiles a service under load, after a warm-up.
 * @returns the profile as Markdown
 */
export async function profileUnder(
  title: string,
  service: Child,
  load: (seconds: number) => Promise<unknown>,
  options: Pick<BenchOptions, 'seconds' | 'rounds'>,
): Promise<string> {
  await load(options.seconds);
  await service.ask('start profile');
  await load(options.seconds * options.rounds);
  return profileText(`Where the service’s time goes: ${title}`, await service.ask<CpuProfile>('end profile'));
}

/** A profile by package and by function, as Markdown. */
export function profileText(title: string, profile: CpuProfile): string {
  const { packages, functions } = summarise(profile);
  return [
    `### ${title}`,
    table([['package', 'self time'], ...percent(packages, 20)]),
    table([['function', 'self time'], ...percent(functions, 30)]),
  ].join('\n\n');
}
