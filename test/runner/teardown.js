import './typescript.js';

/** Jest loads this file in a way that knows no TypeScript. */
export default async function teardown() {
  const { default: end } = await import('../support/global-teardown.ts');
  await end();
}
