/** @database either */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { AccountAdminService } from '../../../src/features/people/credentials/account-admin.service.ts';
import { ModerationLog } from '../../../src/platform/screening/moderation-log.ts';
import { systemClock } from '../../../src/platform/time/clock.ts';
import { type TestUser, useApp } from '../../support/app.ts';
import { logAbout, onPerson, personId } from '../../support/persons.ts';

describe('roles', () => {
  const service = useApp();
  let administrator: TestUser;

  beforeEach(async () => {
    // Each test has administrators of its own.
    await service().app.db.query(`UPDATE account SET roles = '{READER}' WHERE 'ADMINISTRATOR' = ANY(roles)`);
    administrator = await service().signUp('Al Example', 'ADMINISTRATOR');
  });

  const act = (
    name: 'grantRole' | 'revokeRole' | 'banAccount',
    of: TestUser,
    input: Record<string, unknown>,
    by = administrator,
  ) => onPerson(service(), by, name, { personId: personId(of.accountId), ...input });

  it('are given and taken by administrators, each once in the log, and count from the next request on', async () => {
    const user = await service().signUp();
    const held = () =>
      service().query('{ heldComments(first: 1) { nodes { id } } }', {}, { token: user.token });
    expect((await held()).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    const role = 'MODERATOR';
    expect((await act('grantRole', user, { role })).person.roles).toEqual(['READER', role]);
    expect((await act('grantRole', user, { role })).person.roles).toEqual(['READER', role]);
    expect((await held()).errors).toBeUndefined();
    expect((await act('revokeRole', user, { role })).person.roles).toEqual(['READER']);
    expect((await act('revokeRole', user, { role })).person.roles).toEqual(['READER']);
    expect((await held()).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect(await logAbout(service(), user.accountId)).toEqual([
      { kind: 'ROLE_GRANTED', actor: administrator.accountId, detail: { role } },
      { kind: 'ROLE_REVOKED', actor: administrator.accountId, detail: { role } },
    ]);
  });

  it('are nobody else’s to give, and READER is nobody’s to take', async () => {
    const editor = await service().signUp('Ed Example', 'EDITOR');
    const user = await service().signUp();
    expect((await act('grantRole', user, { role: 'EDITOR' }, editor)).refused).toBe('FORBIDDEN');
    expect((await act('revokeRole', administrator, { role: 'ADMINISTRATOR' }, editor)).refused).toBe(
      'FORBIDDEN',
    );
    expect((await act('revokeRole', user, { role: 'READER' })).refused).toBe('INVALID_INPUT');
    expect(await logAbout(service(), user.accountId)).toEqual([]);
  });

  it('leave the last administrator theirs; one who is suspended is not counted', async () => {
    const role = 'ADMINISTRATOR';
    expect((await act('revokeRole', administrator, { role })).refused).toBe('LAST_ADMINISTRATOR');
    const second = await service().signUp('Bea Example', 'ADMINISTRATOR');
    expect((await act('banAccount', second, { reason: 'OTHER' })).refused).toBeUndefined();
    expect((await act('revokeRole', administrator, { role })).refused).toBe('LAST_ADMINISTRATOR');
    expect((await act('revokeRole', second, { role })).refused).toBeUndefined();
  });

  it('leave the last administrator their account; one whose account is to be erased is not counted', async () => {
    const erase = async ({ token }: TestUser) =>
      (
        await service().data(
          'mutation { requestErasure { viewer { eraseAt } userErrors { code } } }',
          {},
          token,
        )
      ).requestErasure;
    expect((await erase(administrator)).userErrors).toEqual([{ code: 'LAST_ADMINISTRATOR' }]);
    const second = await service().signUp('Bea Example', 'ADMINISTRATOR');
    expect(await erase(second)).toMatchObject({ viewer: { eraseAt: expect.any(String) }, userErrors: [] });
    expect((await erase(administrator)).userErrors).toEqual([{ code: 'LAST_ADMINISTRATOR' }]);
    const role = 'ADMINISTRATOR';
    expect((await act('revokeRole', administrator, { role })).refused).toBe('LAST_ADMINISTRATOR');
    expect((await act('revokeRole', second, { role })).refused).toBeUndefined();
  });

  it.each(['revokeRole', 'banAccount'] as const)(
    'of two administrators who turn against each other by %s at once, one stays',
    async (name) => {
      for (let round = 0; round < 5; round++) {
        const [one, two] = [
          await service().signUp('One', 'ADMINISTRATOR'),
          await service().signUp('Two', 'ADMINISTRATOR'),
        ];
        await service().app.db.query(`UPDATE account SET roles = '{READER}' WHERE id = $1`, [
          administrator.accountId,
        ]);
        administrator = one;
        const input = name === 'revokeRole' ? { role: 'ADMINISTRATOR' } : { reason: 'OTHER' };
        const outcomes = await Promise.all([act(name, one, input, two), act(name, two, input, one)]);
        // The second one may also come so late that the first one's command has taken its rights.
        const refused = outcomes.map((outcome) => outcome.refused);
        expect(refused.filter((code) => code === undefined)).toHaveLength(1);
        expect(['LAST_ADMINISTRATOR', 'FORBIDDEN', 'ACCOUNT_SUSPENDED']).toContain(
          refused.find((code) => code !== undefined),
        );
        const left = await service().app.db.query(
          `SELECT FROM account WHERE 'ADMINISTRATOR' = ANY(roles) AND suspended_at IS NULL`,
        );
        expect(left).toHaveLength(1);
        await service().app.db.query(`UPDATE account SET roles = '{READER}' WHERE id IN ($1, $2)`, [
          one.accountId,
          two.accountId,
        ]);
      }
    },
  );

  it('that an operator gives and takes, and suspensions, are in the log as the service’s own', async () => {
    const { db, bus } = service().app;
    const accounts = new AccountAdminService(db, systemClock, new ModerationLog(bus));
    const user = await service().signUp();
    await accounts.grant(user.email, 'EDITOR');
    await accounts.grant(user.email, 'EDITOR');
    await accounts.revoke(user.email, 'EDITOR');
    const until = new Date(Date.now() + 3_600_000);
    await accounts.suspend(user.email, { until, reason: 'SPAM' });
    const { viewer } = await service().data(
      '{ viewer { isSuspended suspension { until reason note } } }',
      {},
      user.token,
    );
    expect(viewer).toEqual({
      isSuspended: true,
      suspension: { until: until.toISOString(), reason: 'SPAM', note: null },
    });
    await accounts.unsuspend(user.email);
    await accounts.unsuspend(user.email);
    expect(await logAbout(service(), user.accountId)).toEqual([
      { kind: 'ROLE_GRANTED', actor: 'SYSTEM', detail: { role: 'EDITOR' } },
      { kind: 'ROLE_REVOKED', actor: 'SYSTEM', detail: { role: 'EDITOR' } },
      { kind: 'SANCTIONED', actor: 'SYSTEM', detail: { decision: 'SUSPENDED', until: until.toISOString() } },
      { kind: 'SANCTION_LIFTED', actor: 'SYSTEM', detail: { decision: 'SUSPENSION_LIFTED' } },
    ]);
  });
});
