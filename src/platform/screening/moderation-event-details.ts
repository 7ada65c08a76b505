import { z } from 'zod';
import { type Role, roles } from '../auth/viewer.ts';

/*
 * The facts in the `detail` of events, by kind. They are read with care: a version that has not been written yet, or one of long ago, may
 * have written others, and an event that cannot be shown would stop every stream.
 *
 *   HELD                        { phase }
 *   CLAIMED                     { until }
 *   HOOK_UNANSWERED             { action }
 *   SETTINGS_CHANGED            { <setting>: { before, after } }, of a list { <setting>: { added, removed } }
 *   ROLE_GRANTED, ROLE_REVOKED  { role }
 */

type Detail = Readonly<Record<string, unknown>> | null;

/** One setting that was changed, by the name that the API gives it. */
export interface SettingChangeFact {
  readonly setting: string;
  /** Null: it was not set. Of a list: what was taken off it. */
  readonly before: string | null;
  /** Null: it is not set any more. Of a list: what came onto it. */
  readonly after: string | null;
}

/** Most changes that are shown of one event. */
export const maxSettingChanges = 20;
/** Most characters of a name or a value that are shown. */
export const maxSettingLength = 200;

/** The beginning of a text, which never ends within a character. */
function shortened(text: string): string {
  if (text.length <= maxSettingLength) return text;
  return `${text.slice(0, maxSettingLength - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

function textOf(value: unknown): string | null {
  if (Array.isArray(value)) return value.length === 0 ? null : shortened(value.map(textOf).join(', '));
  if (typeof value === 'string') return shortened(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

export function changesIn(detail: Detail): readonly SettingChangeFact[] {
  const changes = Object.entries(detail ?? {}).slice(0, maxSettingChanges);
  return changes.map(([setting, change]) => {
    const { before, after, removed, added } = (change ?? {}) as Readonly<Record<string, unknown>>;
    return { setting: shortened(setting), before: textOf(before ?? removed), after: textOf(after ?? added) };
  });
}

const untilSchema = z.iso.datetime({ offset: true });

/** When a claim ends by itself. */
export function untilIn(detail: Detail): Date | null {
  const { data } = untilSchema.safeParse(detail?.until);
  return data === undefined ? null : new Date(data);
}

/** The role that was granted or revoked. */
export const roleIn = (detail: Detail): Role | null => roles.find((role) => role === detail?.role) ?? null;
