import { appendFileSync } from 'node:fs';
import TestRunner from 'jest-runner';

/*
 * A file that fails is run once more at the end of the run: alone, in a process of its own. Jest hears of the second run only, so its
 * counts, its messages and its exit code are those of the second run; `unsteady-reporter.js` names the files that passed then. Where
 * more than `mostRunAgain` files failed, something is broken rather than unsteady, and none is run again.
 *
 * With `--bail` and `--watch` no file is run again.
 *
 * TEST_TALLY, where set, is a file that gets one line for each run of a test file: passed tests, failed tests and path, separated by
 * tabs. The last line of a path counts; so the file is right at each moment, also after a run that was cut off. TEST_FAILURES, where
 * set, is a file that gets the messages.
 */

const mostRunAgain = 10;

/** @typedef {import('@jest/test-result').Test} Test */
/** @typedef {import('@jest/test-result').TestResult} TestResult */
/** @typedef {import('@jest/test-result').SerializableError} SerializableError */

export default class RunsFailedFilesAgain extends TestRunner {
  /** Files that failed, each with the function that reports the failure to Jest. @type {Map<Test, () => unknown>} */
  #failed = new Map();
  /** @type {'only' | 'first' | 'second'} */
  #run = 'only';

  /** @override */
  async runTests(tests, watcher, options) {
    const { bail, watch, watchAll } = this._globalConfig;
    if (!bail && !watch && !watchAll) this.#run = 'first';
    await super.runTests(tests, watcher, options);
    this.#run = 'second';
    this._globalConfig = { ...this._globalConfig, maxWorkers: 1 };
    for (const [test, report] of this.#failed) {
      if (watcher.isInterrupted()) break;
      if (this.#failed.size > mostRunAgain) await report();
      else await super.runTests([test], watcher, { serial: false });
    }
  }

  /** @override */
  on(event, listener) {
    if (event !== 'test-file-success' && event !== 'test-file-failure') return super.on(event, listener);
    return super.on(event, async ([test, result]) => {
      const outcome = event === 'test-file-success' ? ofResult(result) : ofError(result);
      note(test.path, outcome);
      if (outcome.failed > 0 && this.#run === 'first') {
        process.stderr.write(`FAILED, and is run again at the end: ${test.path}\n${outcome.message}\n`);
        this.#failed.set(test, () => listener([test, result]));
        return;
      }
      if (outcome.failed === 0 && this.#run === 'second') result.wasUnsteady = true;
      await listener([test, result]);
    });
  }
}

/**
 * A file that could not be loaded has no tests that failed, and counts as one.
 * @param {TestResult} result
 */
function ofResult({ numPassingTests, numFailingTests, testExecError, testResults, failureMessage, console }) {
  const hasNoTests = testExecError !== undefined || testResults.length === 0;
  const printed = console?.map(({ message }) => message) ?? [];
  return {
    passed: numPassingTests,
    failed: numFailingTests || (hasNoTests ? 1 : 0),
    message: [failureMessage ?? 'The file has no tests.', ...printed].join('\n'),
  };
}

/**
 * The process of the file died.
 * @param {SerializableError} error
 */
function ofError({ message, stack }) {
  return { passed: 0, failed: 1, message: stack || message };
}

/**
 * @param {string} path
 * @param {ReturnType<typeof ofResult>} outcome
 */
function note(path, { passed, failed, message }) {
  const { TEST_TALLY: tally, TEST_FAILURES: failures } = process.env;
  if (tally) appendFileSync(tally, `${passed}\t${failed}\t${path}\n`);
  if (failures && failed > 0) appendFileSync(failures, `${path}\n${message.slice(0, 3000)}\n`);
}
