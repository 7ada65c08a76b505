/** A library, and what its registry knows of it. */
export interface Library {
  readonly name: string;
  /** The pinned version. */
  readonly installed: string;
  readonly latest: string;
  /** Times by version; other keys are passed over. */
  readonly released: ReadonlyMap<string, string>;
}

/** Why a library may stay as it is although it is overdue. */
export interface Accepted {
  readonly reason: string;
  /** The day on which somebody looked at it, `2026-11-28`. It holds for a year. */
  readonly on: string;
}

const dayMs = 86_400_000;

/** The time frames of `SECURITY.md`, in days. */
const updateDays = 90;
const releaseDays = 730;
const acceptedDays = 365;

const partsOf = (version: string): readonly number[] => version.split('.').map(Number);

function compare(one: string, other: string): number {
  const [a, b] = [partsOf(one), partsOf(other)];
  for (const [index, part] of a.entries()) if (part !== b[index]) return part - (b[index] ?? 0);
  return 0;
}

/** One line for each library that is behind for too long, or abandoned, and for each acceptance that is over or not needed. */
export function overdueOf(
  libraries: readonly Library[],
  accepted: Readonly<Record<string, Accepted>>,
  now: Date,
): readonly string[] {
  const daysSince = (time: string) => Math.floor((now.getTime() - Date.parse(time)) / dayMs);
  const faultOf = ({ installed, latest, released }: Library): string | undefined => {
    const newer = [...released]
      .filter(([version]) => /^\d+\.\d+\.\d+$/.test(version))
      .filter(([version]) => compare(version, installed) > 0 && compare(version, latest) <= 0);
    const behind = Math.max(0, ...newer.map(([, time]) => daysSince(time)));
    if (behind > updateDays)
      return `${installed} could have been replaced ${behind} days ago; the latest is ${latest}`;
    const age = daysSince(released.get(latest) ?? now.toISOString());
    return age > releaseDays ? `has had no release for ${age} days` : undefined;
  };
  return libraries.flatMap((library) => {
    const { name } = library;
    const fault = faultOf(library);
    const acceptance = accepted[name];
    if (fault === undefined) return acceptance ? [`${name}: is accepted as overdue, and is not`] : [];
    if (!acceptance) return [`${name}: ${fault}`];
    return daysSince(acceptance.on) > acceptedDays
      ? [`${name}: ${fault}; accepted on ${acceptance.on}: look again`]
      : [];
  });
}
