/** More unsteady files than these fail the run. */
const mostUnsteady = 3;

/** Names the files that failed and passed when `runner.js` ran them again. */
export default class UnsteadyReporter {
  /** @type {string[]} */
  #paths = [];

  onTestResult({ path }, result) {
    if (result.wasUnsteady) this.#paths.push(path);
  }

  onRunComplete() {
    const { length } = this.#paths;
    if (length === 0) return;
    const verdict = length > mostUnsteady ? `, more than ${mostUnsteady}, which fails the run` : '';
    const lines = this.#paths.map((path) => `  ${path}\n`).join('');
    process.stderr.write(`\n${length} unsteady (failed, and passed when run again)${verdict}:\n${lines}`);
  }

  getLastError() {
    if (this.#paths.length > mostUnsteady) return new Error('Too many files are unsteady.');
  }
}
