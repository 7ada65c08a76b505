import type * as globals from '@jest/globals';

type Globals = typeof globals;

/** Where the runner puts the functions of the file that it runs (`run-file.js`). */
const place = Symbol.for('standfirst.test-globals');

const current = (): Globals => (globalThis as unknown as Record<symbol, Globals>)[place] as Globals;

/** A function, with its properties, of the file that runs at the time of the call: modules that files share are loaded once. */
const ofCurrentFile = <Name extends keyof Globals>(name: Name): Globals[Name] =>
  new Proxy(() => undefined, {
    apply: (_target, _self, values: unknown[]) =>
      Reflect.apply(current()[name] as () => unknown, undefined, values),
    get: (_target, property) => Reflect.get(current()[name], property) as unknown,
  }) as unknown as Globals[Name];

/** What tests import as `@jest/globals` (`tsconfig.run.json`); that package works in contexts of Jest's alone. */
export const describe = ofCurrentFile('describe');
export const test = ofCurrentFile('test');
export const it = ofCurrentFile('it');
export const expect = ofCurrentFile('expect');
export const jest = ofCurrentFile('jest');
export const beforeAll = ofCurrentFile('beforeAll');
export const afterAll = ofCurrentFile('afterAll');
export const beforeEach = ofCurrentFile('beforeEach');
export const afterEach = ofCurrentFile('afterEach');
