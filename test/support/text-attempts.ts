import type { TestApp, TestUser } from './app.ts';

/** Whoever writes texts in the tests of all texts. */
export interface Writers {
  readonly app: TestApp;
  readonly reader: TestUser;
  readonly moderator: TestUser;
  readonly editor: TestUser;
  readonly administrator: TestUser;
}

/** A mutation that does something, and into whose input a text is put. */
export interface TextAttempt {
  /** Absent: nobody who is signed in. */
  readonly by?: TestUser;
  readonly input: Readonly<Record<string, unknown>>;
}

/** By the names of the mutations; made anew for every text that is tried. */
export type TextAttempts = Readonly<Record<string, (writers: Writers) => TextAttempt | Promise<TextAttempt>>>;
