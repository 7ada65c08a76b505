import { paths } from '../paths.ts';
import { logTexts } from './log-texts.ts';

export type KindGroup = keyof typeof logTexts.groups;

/** What the log is narrowed to; at most one of the three ids. */
export interface LogPlace {
  readonly kinds?: KindGroup | undefined;
  /** Whom entries are about. */
  readonly person?: string | undefined;
  /** Who has acted. */
  readonly actor?: string | undefined;
  readonly comment?: string | undefined;
}

/** The address of a part of the log. */
export function logAddress(place: LogPlace): string {
  const query = new URLSearchParams(
    Object.entries(place).filter((entry): entry is [string, string] => entry[1] !== undefined),
  ).toString();
  return query === '' ? paths.moderationLog : `${paths.moderationLog}?${query}`;
}

const isGroup = (name: string): name is KindGroup => name in logTexts.groups;

/** The part of the log that an address names. */
export function placeOf(parameters: URLSearchParams): LogPlace & { readonly kinds: KindGroup } {
  const kinds = parameters.get('kinds') ?? '';
  const [name] = (['person', 'actor', 'comment'] as const).filter((each) => parameters.has(each));
  return {
    kinds: isGroup(kinds) ? kinds : 'most',
    ...(name === undefined ? {} : { [name]: parameters.get(name) ?? '' }),
  };
}
