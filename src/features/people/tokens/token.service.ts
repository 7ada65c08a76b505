import type { Proofs } from '../credentials/proof.service.ts';
import { hashMachineToken, newMachineToken } from '../../../platform/auth/machine-token.ts';
import type { Scope, ScopeDeclarations } from '../../../platform/auth/scopes.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import { accountSubject, type Database, type Tx } from '../../../platform/db/database.ts';
import { Refusal, refusable, requireAll, type Result } from '../../../platform/errors/errors.ts';
import { claimIdempotencyKey, nextId } from '../../../platform/idempotency/idempotency.queries.ts';
import { requireLine } from '../../../platform/text/rules.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import {
  canManageTokens,
  maxEndedTokens,
  maxLiveTokens,
  maxTokenDays,
  maxTokenDocuments,
  type TokenOwner,
} from './token.policy.ts';
import {
  deleteOldTokens,
  insertToken,
  lockToken,
  lockTokenOwner,
  selectLiveTokenCount,
  updateTokenRevoked,
} from './token.queries.ts';
import { maxNameLength } from '../account/account.rules.ts';

declare module '../../../platform/idempotency/idempotency.queries.ts' {
  interface IdSequences {
    readonly token_id_seq: true;
    readonly account_id_seq: true;
  }
}

export interface CreateTokenCommand {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly documents: readonly string[];
  readonly expiresAt: Date;
  /** Undefined: a token of the viewer. */
  readonly serviceAccountId: string | undefined;
  readonly idempotencyKey: string | undefined;
}

export interface CreatedToken {
  readonly id: string;
  /** The token itself; undefined when the command is repeated, since it is not stored. */
  readonly secret: string | undefined;
}

/** What a token permits, as it is stored. */
interface Grant {
  readonly scopes: readonly Scope[];
  readonly documents: readonly string[] | null;
}

const dayMs = 24 * 3600 * 1000;
const documentForm = /^[0-9a-f]{64}$/;

function requireGrant({ scopes, documents }: CreateTokenCommand, all: ScopeDeclarations): Grant {
  const isBound = documents.length > 0;
  if (isBound === scopes.length > 0) {
    const message = 'A token has scopes, or documents that are its permission: give one of both.';
    throw new Refusal('INVALID_INPUT', [isBound ? 'documents' : 'scopes'], message);
  }
  const inOrder = Object.keys(all) as Scope[];
  if (!isBound) return { scopes: inOrder.filter((scope) => scopes.includes(scope)), documents: null };
  const hashes = [...new Set(documents.map((text) => text.toLowerCase().replace(/^sha256:/, '')))].sort();
  if (hashes.length > maxTokenDocuments) {
    const message = `A token is bound to ${maxTokenDocuments} documents at most.`;
    throw new Refusal('INVALID_INPUT', ['documents'], message);
  }
  if (!hashes.every((hash) => documentForm.test(hash))) {
    const message = 'A document is named by the SHA-256 of its text, 64 hexadecimal digits.';
    throw new Refusal('INVALID_INPUT', ['documents'], message);
  }
  return { scopes: [], documents: hashes };
}

function requireExpiry(expiresAt: Date, now: Date): Date {
  const after = expiresAt.getTime() - now.getTime();
  if (after > 0 && after <= maxTokenDays * dayMs) return expiresAt;
  const message = `A token expires in the future, and after ${maxTokenDays} days at the latest.`;
  throw new Refusal('INVALID_INPUT', ['expiresAt'], message);
}

/** Commands on machine tokens, one transaction each. */
export class TokenService {
  /** @param scopes all, in the order in which they are shown */
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly proofs: Proofs,
    private readonly scopes: ScopeDeclarations,
  ) {}

  createToken(viewer: Viewer, command: CreateTokenCommand): Promise<Result<CreatedToken>> {
    return refusable(() => {
      if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
      const now = this.clock.now();
      const [name, grant, expiresAt] = requireAll<[string, Grant, Date]>(
        () => requireLine(command.name, { field: 'name', max: maxNameLength }),
        () => requireGrant(command, this.scopes),
        () => requireExpiry(command.expiresAt, now),
      );
      const { serviceAccountId, idempotencyKey: key } = command;
      const accountId = serviceAccountId ?? viewer.accountId;
      // Before anything is locked: nobody holds up the account of somebody else.
      if (!canManageTokens({ accountId, isService: true }, viewer))
        throw new Refusal('NOT_FOUND', ['serviceAccountId']);
      const scope = { viewer, subject: accountSubject(accountId) };
      return this.db.transactionFor(scope, async (tx) => {
        const input = ['createToken', accountId, name, grant, expiresAt.toISOString()];
        const { resultId: id, isFirst } =
          key === undefined
            ? { resultId: await nextId(tx, 'token_id_seq'), isFirst: true }
            : await claimIdempotencyKey(tx, {
                accountId: viewer.accountId,
                key,
                input,
                articleId: undefined,
                idSequence: 'token_id_seq',
              });
        await this.#requireOwner(tx, accountId, viewer, grant);
        await this.proofs.lock(tx, viewer);
        if (!isFirst) return { id, secret: undefined };
        if ((await selectLiveTokenCount(tx, accountId, now)) >= maxLiveTokens) {
          const message = `An account has ${maxLiveTokens} tokens at most: revoke one first.`;
          throw new Refusal('LIMIT_REACHED', undefined, message);
        }
        await deleteOldTokens(tx, { accountId, now, kept: maxEndedTokens });
        const secret = newMachineToken();
        const hash = hashMachineToken(secret);
        const { sessionId } = viewer;
        await insertToken(tx, { id, accountId, hash, name, ...grant, createdAt: now, expiresAt, sessionId });
        return { id, secret };
      });
    });
  }

  /** Revokes a token. Revoking a revoked token changes nothing. */
  revokeToken(viewer: Viewer, id: string): Promise<Result<string>> {
    return refusable(() =>
      this.db.transactionFor({ viewer, subject: `token:${id}` }, async (tx) => {
        const owner = await lockToken(tx, id);
        if (!owner || !canManageTokens(owner, viewer)) throw new Refusal('NOT_FOUND', ['tokenId']);
        await updateTokenRevoked(tx, id, this.clock.now());
        return id;
      }),
    );
  }

  /** @throws Refusal NOT_FOUND, ACCOUNT_SUSPENDED, INVALID_INPUT */
  async #requireOwner(tx: Tx, accountId: string, viewer: Viewer, { scopes }: Grant): Promise<TokenOwner> {
    const owner = await lockTokenOwner(tx, accountId);
    if (!owner || !canManageTokens(owner, viewer)) throw new Refusal('NOT_FOUND', ['serviceAccountId']);
    if (owner.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
    const [refused] = scopes.flatMap((scope) => this.scopes[scope]?.refusedToServices ?? []);
    if (owner.isService && refused !== undefined) throw new Refusal('INVALID_INPUT', ['scopes'], refused);
    return owner;
  }
}
