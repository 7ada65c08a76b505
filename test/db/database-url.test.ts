import { describe, expect, it } from '@jest/globals';
import { faultOfDatabaseUrl, parseDatabaseUrl, warningsAbout } from '../../src/db/database-url.ts';

describe('an address of the database', () => {
  it('names several servers, each of which becomes an address of its own', () => {
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

  it('stays as it is where there is one server, a socket among them', () => {
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
  ])('%s is refused by name, without the password', (text, name) => {
    const fault = faultOfDatabaseUrl(text.replace('://', '://u:secret@'));
    expect(fault).toContain(name);
    expect(fault).not.toContain('secret');
  });
});

describe('what is said about an address', () => {
  const remote = 'postgres://u@db.example.org/db';
  const about = (parameters: string) => warningsAbout(`${remote}${parameters}`).join();

  it.each(['localhost', '127.0.0.1', '[::1]'])('is nothing of %s', (host) => {
    expect(warningsAbout(`postgres://u@${host}/db`)).toEqual([]);
  });

  it('is nothing where it is encrypted and verified, or was said to be plain', () => {
    for (const parameters of ['?sslmode=verify-full', '?ssl=true', '?sslmode=disable', '?ssl=false'])
      expect([parameters, about(parameters)]).toEqual([parameters, '']);
  });

  it('is what would not be encrypted or not be verified on another host', () => {
    expect(about('')).toContain('not encrypted');
    expect(about('?sslmode=no-verify')).toContain('not verified');
    expect(about('?uselibpqcompat=true&sslmode=require')).toContain('not verified');
    expect(about('?sslmode=require')).toContain('taken as verify-full');
  });

  it('is what would connect to a server that only reads', () => {
    expect(warningsAbout('postgres://u@127.0.0.1:1,127.0.0.1:2/db').join()).toContain('target_session_attrs');
  });

  it('names a certificate that is not there', () => {
    expect(() => about('?sslmode=verify-full&sslrootcert=/nowhere.crt')).toThrow(
      '/nowhere.crt can not be read',
    );
  });
});
