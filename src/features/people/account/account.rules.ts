import { z } from 'zod';
import { maxPasswordLength, minPasswordLength, noPassword } from '../../../platform/auth/password.ts';
import { type Role, roles as allRoles } from '../../../platform/auth/viewer.ts';
import { Refusal } from '../../../platform/errors/errors.ts';
import type { WrittenText } from '../../../platform/text/written-text.ts';
import { isWeakPassword } from './weak-passwords.ts';

/** The longest e-mail address (RFC 5321, section 4.5.3.1, with the angle brackets taken off), and name of an account. */
export const maxEmailLength = 254;
export const maxNameLength = 80;

/** The name beside what somebody writes. */
export const accountName: WrittenText = { form: 'LINE', max: maxNameLength, screening: 'NONE' };

const emailRule = z.email();

/** Roles in the order of the list of roles, each once, and READER always. */
export const orderedRoles = (roles: readonly Role[]): Role[] =>
  allRoles.filter((role) => role === 'READER' || roles.includes(role));

/** The stored form of an e-mail address; undefined for a text that is not an address. */
export function normaliseEmail(email: string): string | undefined {
  const normal = email.trim().toLowerCase();
  return normal.length <= maxEmailLength && emailRule.safeParse(normal).success ? normal : undefined;
}

/** @throws Refusal INVALID_INPUT */
export function requireEmail(email: string): string {
  const normal = normaliseEmail(email);
  if (normal === undefined) throw new Refusal('INVALID_INPUT', ['email'], 'This is not an e-mail address.');
  return normal;
}

/** A password as it was given; what is far too long to be one costs no time. */
export const givenPassword = (password: string): string => password.slice(0, 2 * maxPasswordLength);

/**
 * @param known what everybody knows of the account: name and address
 * @throws Refusal INVALID_INPUT
 */
export function requirePassword(password: string, known: readonly string[], field = 'password'): string {
  const length = [...password].length;
  if (length < minPasswordLength || length > maxPasswordLength) {
    const message = `A password has ${minPasswordLength} to ${maxPasswordLength} characters.`;
    throw new Refusal('INVALID_INPUT', [field], message);
  }
  if (isWeakPassword(password, known)) {
    const message =
      'This password is among those that are tried first. Take another one: a sentence is best.';
    throw new Refusal('INVALID_INPUT', [field], message);
  }
  return password;
}

/**
 * Whether links sign in to an account: to readers' without a password. Roles may come from another site's claims, and a link would give
 * them to somebody whom that site knows no more. For the same reason no role counts in a session by a link that the account gets later.
 */
export const isForLinks = ({
  passwordHash,
  roles,
}: {
  readonly passwordHash: string;
  readonly roles: readonly Role[];
}): boolean => passwordHash === noPassword && roles.every((role) => role === 'READER');
