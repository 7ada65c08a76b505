import type { UserErrorCode } from '../../../src/platform/errors/errors.ts';
import type { TestApp } from '../app.ts';
import type { RaceRun, RaceWriter } from './writer.ts';

/*
 * What a feature says of its mutations beside those of others. A mutation that no feature declares does not compile, and
 * fails a test.
 */

/** Roles of the writers; each does what those before it do. Editors see unpublished articles. */
export const raceRoles = ['READER', 'MODERATOR', 'EDITOR'] as const;
export type RaceRole = (typeof raceRoles)[number];

/** A mutation that many writers send at once. It must succeed at least once in each run of the journey. */
export interface Race {
  /** Fields of the payload that its act reads. */
  readonly fields?: string;
  /** Refusals that a writer must tolerate. A retried request may meet any refusal of its first attempt. */
  readonly refusals: readonly UserErrorCode[];
  /** Further refusals, each of which must occur. */
  readonly demanded?: readonly UserErrorCode[];
}

/** Sends mutations with inputs that are left to chance, as one writer. */
export type Act = (writer: RaceWriter) => Promise<void>;

export interface Races {
  /** Every mutation of the feature: its race, or the reason why the writers do not send it. */
  readonly mutations: Readonly<Record<string, Race | string>>;
  /** What a writer of a role does besides, with the weights by which it chooses. */
  readonly acts: { readonly [Role in RaceRole]?: readonly (readonly [weight: number, act: Act])[] };
  /** Compares what the writers of a run were told with what is stored. */
  readonly check?: (run: RaceRun, app: TestApp) => Promise<void>;
}

/** Mutations that the writers do not send, for the same reason. */
export const notRaced = <Name extends string>(reason: string, ...names: Name[]) =>
  Object.fromEntries(names.map((name) => [name, reason])) as Record<Name, string>;

/** State of a feature for each article, writer or run, made when it is asked for first. */
export function stateOf<Of extends object, State>(make: () => State): (of: Of) => State {
  const states = new WeakMap<Of, State>();
  return (of) => {
    const state = states.get(of) ?? make();
    states.set(of, state);
    return state;
  };
}
