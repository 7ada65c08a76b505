import { ModernFakeTimers } from '@jest/fake-timers';
import circus from 'jest-circus/runner';
import { ModuleMocker } from 'jest-mock';
import asyncHooks from 'node:async_hooks';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import './typescript.js';

/*
 * Jest's own test runner, in plain Node.js: without a context of its own for each file, in which everything that a file imports would
 * be read, compiled and warmed up anew. A worker loads the service and its libraries once, for all files that it runs; only the test
 * file itself is loaded for each run. So what a module keeps is kept for the next file: the service keeps nothing in modules that
 * another instance of it could notice.
 */

const require = createRequire(import.meta.url);
const testGlobals = Symbol.for('standfirst.test-globals');
const eventHandlers = Symbol.for('EVENT_HANDLERS');

const { AsyncLocalStorage } = asyncHooks;

/**
 * What Jest's runner knows of the test that runs. Of Node's own, one would be left of each file, and each of them is asked at every
 * promise from then on: after 38 files that took a fifth of the time.
 */
class OneAtATime {
  #store;

  getStore() {
    return this.#store;
  }

  run(store, work) {
    const before = this.#store;
    const end = () => {
      this.#store = before;
    };
    this.#store = store;
    const result = work();
    if (typeof result?.finally === 'function') return result.finally(end);
    end();
    return result;
  }
}

let loads = 0;

/**
 * @param {import('@jest/types').Config.GlobalConfig} globalConfig
 * @param {import('@jest/types').Config.ProjectConfig} config
 * @param {import('@jest/environment').JestEnvironment} environment
 * @param {unknown} _runtime
 * @param {string} testPath
 * @param {import('@jest/test-result').TestFileEvent} [send]
 * @returns {Promise<import('@jest/test-result').TestResult>}
 */
export default async function runFile(globalConfig, config, environment, _runtime, testPath, send) {
  const mocker = new ModuleMocker(globalThis);
  const timers = new ModernFakeTimers({ config, global: globalThis });
  const jest = {
    fn: mocker.fn.bind(mocker),
    spyOn: mocker.spyOn.bind(mocker),
    restoreAllMocks: () => mocker.restoreAllMocks(),
    useFakeTimers: (options) => timers.useFakeTimers(options),
    useRealTimers: () => timers.useRealTimers(),
    advanceTimersByTime: (ms) => timers.advanceTimersByTime(ms),
    advanceTimersByTimeAsync: (ms) => timers.advanceTimersByTimeAsync(ms),
    getTimerCount: () => timers.getTimerCount(),
  };
  // The part of Jest's runtime that its runner asks for.
  const runtime = {
    // Its state and its handlers are of one file.
    requireInternalModule(path) {
      delete require.cache[path];
      delete globalThis[eventHandlers];
      asyncHooks.AsyncLocalStorage = OneAtATime;
      try {
        return require(path);
      } finally {
        asyncHooks.AsyncLocalStorage = AsyncLocalStorage;
      }
    },
    requireModule: (path) => require(path),
    setGlobalsForRuntime(globals) {
      globalThis[testGlobals] = { ...globals, jest };
    },
    unstable_shouldLoadAsEsm: () => true,
    unstable_importModule: (path) => import(`${pathToFileURL(path).href}?load=${++loads}`),
    enterTestCode() {},
    leaveTestCode() {},
  };
  const variables = { ...process.env };
  try {
    return await circus.default(globalConfig, config, environment, runtime, testPath, send);
  } finally {
    mocker.restoreAllMocks();
    timers.dispose();
    for (const name of Object.keys(process.env)) if (!(name in variables)) delete process.env[name];
    Object.assign(process.env, variables);
  }
}
