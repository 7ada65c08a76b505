import { isDeepStrictEqual } from 'node:util';
import { Refusal, requireAll } from '../../platform/errors/errors.ts';
import { toHost } from './links.ts';
import { maxHosts, type ScreeningSettings, settingBounds } from './screening-settings.ts';

/** Entries that come to a list, and that leave it. */
export interface HostsChange {
  readonly add?: readonly string[] | null | undefined;
  readonly remove?: readonly string[] | null | undefined;
}

type Lists = 'heldHosts' | 'allowedHosts';

/** New values of some settings; what is undefined stays as it is. */
export type SettingsChange = {
  readonly [Name in Exclude<keyof ScreeningSettings, Lists>]?: ScreeningSettings[Name] | null | undefined;
} & { readonly [Name in Lists]?: HostsChange | null | undefined };

/** Most hosts that one change adds to a list, or removes from it. */
export const maxHostsAtOnce = 100;

type Bounded = keyof typeof settingBounds;

/**
 * A number within the bounds of its setting.
 * @throws Refusal INVALID_INPUT
 */
export function requireBounded(name: Bounded, value: number): number {
  const [lowest, highest] = settingBounds[name];
  if (value >= lowest && value <= highest) return value;
  throw new Refusal('INVALID_INPUT', [name], `\`${name}\` takes ${lowest} to ${highest}, not ${value}.`);
}

function requireHosts(path: readonly string[], texts: readonly string[] | null | undefined): string[] {
  const given = texts ?? [];
  if (given.length > maxHostsAtOnce) {
    const message = `At most ${maxHostsAtOnce} hosts at once, not ${given.length}.`;
    throw new Refusal('INVALID_INPUT', path, message);
  }
  const checks = given.map((text, at) => (): string => {
    const host = toHost(text);
    if (host !== undefined) return host;
    throw new Refusal('INVALID_INPUT', [...path, String(at)], 'This is no host, such as example.org.');
  });
  return requireAll(...checks);
}

function changedHosts(
  name: Lists,
  hosts: readonly string[],
  change: HostsChange | null | undefined,
): readonly string[] {
  if (!change) return hosts;
  const [added, removed] = requireAll(
    () => requireHosts([name, 'add'], change.add),
    () => requireHosts([name, 'remove'], change.remove),
  );
  const all = new Set([...hosts, ...added]);
  for (const host of removed) all.delete(host);
  if (all.size <= maxHosts) return [...all].sort();
  throw new Refusal('LIMIT_REACHED', [name], `\`${name}\` has ${maxHosts} hosts at most.`);
}

/**
 * The settings after a change.
 * @throws Refusal INVALID_INPUT, LIMIT_REACHED, for all faults at once
 */
export function changedSettings(settings: ScreeningSettings, change: SettingsChange): ScreeningSettings {
  const bounded = (name: Exclude<Bounded, 'maxLinks'>) => (): number =>
    change[name] == null ? settings[name] : requireBounded(name, change[name]);
  const [
    firstComments,
    slowModeSeconds,
    reportsToHold,
    claimSeconds,
    hookDeadlineSeconds,
    maxLinks,
    heldHosts,
    allowedHosts,
  ] = requireAll(
    bounded('firstComments'),
    bounded('slowModeSeconds'),
    bounded('reportsToHold'),
    bounded('claimSeconds'),
    bounded('hookDeadlineSeconds'),
    // Null is a value: any number of links.
    () =>
      change.maxLinks == null
        ? change.maxLinks === null
          ? null
          : settings.maxLinks
        : requireBounded('maxLinks', change.maxLinks),
    () => changedHosts('heldHosts', settings.heldHosts, change.heldHosts),
    () => changedHosts('allowedHosts', settings.allowedHosts, change.allowedHosts),
  );
  return {
    isPremoderated: change.isPremoderated ?? settings.isPremoderated,
    holdsRepeatedText: change.holdsRepeatedText ?? settings.holdsRepeatedText,
    asksHook: change.asksHook ?? settings.asksHook,
    hookDeadlineAction: change.hookDeadlineAction ?? settings.hookDeadlineAction,
    hookDeadlineSeconds,
    firstComments,
    slowModeSeconds,
    reportsToHold,
    claimSeconds,
    maxLinks,
    heldHosts,
    allowedHosts,
  };
}

/** The values that differ, as the log of moderation keeps them: of lists what came and what went. */
export function differences<Values extends object>(before: Values, after: Values): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const name of Object.keys(after) as (keyof Values & string)[]) {
    const [old, now]: [unknown, unknown] = [before[name], after[name]];
    if (isDeepStrictEqual(old, now)) continue;
    found[name] =
      Array.isArray(old) && Array.isArray(now)
        ? {
            added: now.filter((each) => !old.includes(each)),
            removed: old.filter((each) => !now.includes(each)),
          }
        : { before: old, after: now };
  }
  return found;
}
