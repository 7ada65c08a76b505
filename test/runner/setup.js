import './typescript.js';

/** Jest loads this file in a way that knows no TypeScript. */
export default async function setup() {
  const { default: begin } = await import('../support/global-setup.ts');
  await begin();
}
