import { passkeyErrors } from './passkeys/passkey-errors.ts';
import { deletePasskeysOf } from './account/account.queries.ts';
import { proofsOf, sessionsOf } from './credentials/account-services.ts';
import { SecondSteps } from './sessions/second-step.ts';
import type { Tx } from '../../platform/db/database.ts';
import { defineFeature, type Parts, resolver } from '../../platform/feature/feature.ts';
import type { Job } from '../../platform/jobs/job.ts';
import { holding } from '../../platform/text/written-text.ts';
import { passkeyData, pruneMetChallenges, recoveryCodeData } from './passkeys/passkey-data.queries.ts';
import { PasskeyMails } from './passkeys/passkey-mails.ts';
import { MetChallengeEntity, PasskeyEntity, RecoveryCodeEntity } from './passkeys/passkey.entity.ts';
import { passkeyName } from './passkeys/passkey.policy.ts';
import { PasskeyResolver } from './passkeys/passkey.resolver.ts';
import { PasskeyService } from './passkeys/passkey.service.ts';
import { RecoveryCodeService } from './passkeys/recovery-code.service.ts';
import { relyingPartyOf } from './passkeys/relying-party.ts';
import { loadWebauthn } from './passkeys/webauthn.ts';

function servicesOf(parts: Parts): ConstructorParameters<typeof PasskeyResolver> {
  const { config, links, mail } = parts;
  const relyingParty = () => relyingPartyOf(config, links);
  const shared = {
    ...parts,
    relyingParty,
    proofs: proofsOf(parts),
    sessions: sessionsOf(parts),
    mails: mail && new PasskeyMails(mail.outbox, links),
    staffSecondFactor: config.staffSecondFactor,
  };
  return [new PasskeyService(shared), new RecoveryCodeService(shared), new SecondSteps(parts.challenges)];
}

/** Loads the library of passkeys once the node listens, so that no request waits for it. */
const loading: Job = {
  name: 'loading of passkeys',
  due: undefined,
  everyMs: Infinity,
  step: async () => {
    await loadWebauthn();
    return 'idle';
  },
};

const erase = async (tx: Tx, accountId: string): Promise<void> => {
  await deletePasskeysOf(tx, accountId);
};

/** Passkeys, with which accounts sign in, and the recovery codes that replace them. */
export const passkeysFeature = defineFeature({
  name: 'passkeys',
  migrations: [],
  tables: [PasskeyEntity, RecoveryCodeEntity, MetChallengeEntity],
  resolvers: [resolver(PasskeyResolver, servicesOf)],
  types: [],
  nodes: {},
  logs: [],
  events: {},
  counters: {},
  notifications: {},
  idempotency: {},
  errorCodes: passkeyErrors,
  scopes: {},
  texts: {
    ...holding(passkeyName, 'Passkey.name', 'AddPasskeyInput.name', 'RenamePasskeyInput.name'),
    ...holding(
      'NO_TEXT',
      'PasskeyRequestPayload.options',
      'AddPasskeyInput.response',
      'ProveByPasskeyInput.response',
      'FinishPasskeySignInInput.response',
      'CreateRecoveryCodesPayload.codes',
      'SignInWithRecoveryCodeInput.token',
      'SignInWithRecoveryCodeInput.recoveryCode',
    ),
  },
  invariants: {},
  pruning: () => [{ name: 'met challenges', step: pruneMetChallenges }],
  jobs: () => [loading],
  // At the end as well: a request that was under way may have added one.
  routes: () => [],
  served: { pages: {}, parts: {}, texts: {} },
  erasure: () => ({ close: erase, finish: erase }),
  personalData: [passkeyData, recoveryCodeData],
});
