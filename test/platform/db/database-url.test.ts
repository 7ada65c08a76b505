import { describe, expect, it } from '@jest/globals';
import {
  faultOfDatabaseUrl,
  parseDatabaseUrl,
  warningsAbout,
} from '../../../src/platform/config/database-url.ts';

describe('a database URL', () => {
  it('with several servers becomes one URL for each of them', () => {
    const text =
      'postgres://u:p%40ss@one.example.org:5432,[::1]:5433,three.example.org/db?target_session_attrs=read-write&connect_timeout=3';
    expect(parseDatabaseUrl(text)).toEqual({
      urls: ['one.example.org:5432', '[::1]:5433', 'three.example.org'].map(
        (host) => `postgres://u:p%40ss@${host}/db`,
      ),
      sessionAttributes: 'read-write',
      connectTimeoutMs: 3000,
      sslmode: undefined,
    });
  });

  it('with one server stays as it is, including one with a socket', () => {
    for (const text of ['postgresql://u@h/db', 'postgres://u@/db?host=%2Ftmp', 'postgres:///db?host=%2Ftmp'])
      expect(parseDatabaseUrl(text).urls).toEqual([text]);
  });

  it.each([
    ['mysql://h/db', 'postgres://'],
    ['postgres://h:x/db', 'port'],
    ['postgres://a,,b/db', 'no name'],
    ['postgres://h/db?target_session_attrs=standby', 'target_session_attrs'],
    ['postgres://h/db?sslmode=always', 'sslmode'],
    ['postgres://h/db?connect_timeout=soon', 'connect_timeout'],
  ])('%s is refused with the name of the fault, without the password', (text, name) => {
    const fault = faultOfDatabaseUrl(text.replace('://', '://u:secret@'));
    expect(fault).toContain(name);
    expect(fault).not.toContain('secret');
  });
});

describe('warnings about a database URL', () => {
  const remote = 'postgres://u@db.example.org/db';
  const about = (parameters: string) => warningsAbout(`${remote}${parameters}`).join();

  it.each(['localhost', '127.0.0.1', '[::1]'])('do not concern %s', (host) => {
    expect(warningsAbout(`postgres://u@${host}/db`)).toEqual([]);
  });

  it('are absent where the connection is encrypted and verified, or explicitly plain', () => {
    for (const parameters of ['?sslmode=verify-full', '?ssl=true', '?sslmode=disable', '?ssl=false'])
      expect([parameters, about(parameters)]).toEqual([parameters, '']);
  });

  it('concern unencrypted and unverified connections to another host', () => {
    expect(about('')).toContain('not encrypted');
    expect(about('?sslmode=no-verify')).toContain('not verified');
    expect(about('?uselibpqcompat=true&sslmode=require')).toContain('not verified');
    expect(about('?sslmode=require')).toContain('taken as verify-full');
  });

  it('concern host lists that may lead to a read-only server', () => {
    expect(warningsAbout('postgres://u@127.0.0.1:1,127.0.0.1:2/db').join()).toContain('target_session_attrs');
  });

  it('are replaced by an error where a certificate file is missing', () => {
    expect(() => about('?sslmode=verify-full&sslrootcert=/nowhere.crt')).toThrow(
      '/nowhere.crt can not be read',
    );
  });
});
