import type { PersonalData } from '../../../platform/db/personal-data.ts';

/** The account itself, without the hash of its password. */
export const accountData: PersonalData = {
  name: 'account',
  select: (db, accountId, { after, limit }) =>
    db.query(
      `SELECT id::text AS key, jsonb_build_object('email', email, 'name', name, 'avatarUrl', avatar_url, 'roles', roles,
         'suspendedAt', suspended_at, 'suspendedUntil', suspended_until, 'premoderatedAt', premoderated_at,
         'premoderatedUntil', premoderated_until, 'createdAt', created_at, 'emailVerifiedAt', email_verified_at,
         'eraseAt', erase_at, 'listsComments', lists_comments,
         'pendingEmail', pending_email, 'pendingEmailUntil', pending_email_until) AS data
       FROM account WHERE id = $1 AND $2::text IS NULL LIMIT $3`,
      [accountId, after ?? null, limit],
    ),
};

/** Sessions of an account, without their tokens. */
export const sessionData: PersonalData = {
  name: 'sessions',
  select: (db, accountId, { after, limit }) =>
    db.query(
      `SELECT id::text AS key, jsonb_build_object('createdAt', created_at, 'endedAt', revoked_at, 'userAgent', user_agent,
         'network', network, 'networksSince', (SELECT jsonb_agg(DISTINCT f.network) FROM token_family f WHERE f.session_id = session.id),
         'secondFactor', second_factor, 'vouchedBy', vouched_by, 'issuer', issuer, 'issuerSubject', issuer_subject,
         'issuerSession', issuer_session, 'triedProofs', tried_proofs) AS data
       FROM session WHERE account_id = $1 AND ($2::uuid IS NULL OR id > $2::uuid) ORDER BY id LIMIT $3`,
      [accountId, after ?? null, limit],
    ),
};
