/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../../src/platform/config/config.ts';
import { hashesOfNode, shareOf, workerCount } from '../../../src/platform/config/worker-share.ts';

describe('the number of workers', () => {
  it('is one unless it is set', () => {
    expect(workerCount(parseConfig({}), 8)).toBe(1);
    expect(workerCount(parseConfig({ WORKERS: '3' }), 8)).toBe(3);
  });

  it('with auto is that of the cores, as far as each gets four database connections', () => {
    const auto = (cores: number, pool: string) =>
      workerCount(parseConfig({ WORKERS: 'auto', DATABASE_POOL_SIZE: pool }), cores);
    expect(auto(1, '20')).toBe(1);
    expect(auto(4, '20')).toBe(4);
    expect(auto(8, '20')).toBe(5);
    expect(auto(8, '40')).toBe(8);
    expect(auto(8, '4')).toBe(1);
    expect(auto(256, '500')).toBe(64);
  });

  it('is refused if the pool is too small for it', () => {
    expect(() => parseConfig({ WORKERS: '6' })).toThrow(
      'WORKERS: 6 workers take a DATABASE_POOL_SIZE of 24 at least, 4 connections for each; it is 20',
    );
    expect(parseConfig({ WORKERS: '6', DATABASE_POOL_SIZE: '24' }).workers).toBe(6);
  });
});

describe('the share of one worker', () => {
  it('of a single one is everything', () => {
    const config = parseConfig({});
    expect(shareOf(config, 1)).toBe(config);
  });

  it('is its part of what the node may use, and everything else', () => {
    const config = parseConfig({ DATABASE_POOL_SIZE: '23', PASSWORD_HASHES_AT_ONCE: '3' });
    const share = shareOf(config, 3);
    const changed = Object.entries(share).filter(
      ([name, value]) => config[name as keyof typeof config] !== value,
    );
    expect(Object.fromEntries(changed)).toEqual({
      databasePoolSize: 7,
      maxWritersPerArticle: 2,
      maxWaitingStatementsPerClient: 334,
      maxHeldBytes: Math.ceil(268_435_456 / 3),
      keptAnswerBytes: Math.ceil(67_108_864 / 3),
      keptRowBytes: Math.ceil(67_108_864 / 3),
      maxWaitingPasswordHashes: 22,
      maxConnectionsPerAddress: 334,
      maxSocketsPerAddress: 34,
      maxSocketsPerViewer: 17,
    });
  });

  it('has room for what one client may hold', () => {
    const config = parseConfig({ WORKERS: '16', DATABASE_POOL_SIZE: '64' });
    expect(shareOf(config, 16)).toMatchObject({
      databasePoolSize: 4,
      maxHeldBytes: config.maxHeldBytesPerClient,
    });
    const small = parseConfig({ MAX_HELD_BYTES: '1000000' });
    expect(shareOf(small, 5).maxHeldBytes).toBe(1_000_000);
  });
});

describe('the passwords that a node hashes at once', () => {
  it('are one for each worker and two at least, but never on all cores', () => {
    const hashes = (workers: number, cores: number) => hashesOfNode(parseConfig({}), workers, cores);
    expect(hashes(4, 1)).toBe(1);
    expect(hashes(2, 2)).toBe(1);
    expect(hashes(2, 8)).toBe(2);
    expect(hashes(1, 8)).toBe(2);
    expect(hashes(4, 8)).toBe(4);
    expect(hashes(8, 8)).toBe(7);
  });

  it('are as many as the setting says', () => {
    expect(hashesOfNode(parseConfig({ PASSWORD_HASHES_AT_ONCE: '1' }), 8, 8)).toBe(1);
  });
});
