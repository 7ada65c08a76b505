/**
 * @database either
 */
import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '../../../src/platform/config/config.ts';
import { TestApp } from '../../support/app.ts';
import { watchForLeaks } from '../../support/leaks.ts';

describe('a port that can not be opened', () => {
  it.each([
    // An address reserved for documentation, which no machine has.
    ['192.0.2.1', 'is no address of this machine'],
    ['no-such-host.invalid', 'is '],
  ])('makes the start fail with a message that names HOST: %s', async (host, fault) => {
    const checkLeaks = watchForLeaks();
    const refused = await TestApp.start({ HOST: host }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ConfigError);
    expect((refused as Error).message).toContain(`HOST: ${host} ${fault}`);
    await checkLeaks();
  });
});
