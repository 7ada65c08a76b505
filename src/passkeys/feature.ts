import { deletePasskeysOf } from '../account/account.queries.ts';
import { proofsOf, sessionsOf } from '../account/feature.ts';
import { SecondSteps } from '../account/second-step.ts';
import type { Tx } from '../db/database.ts';
import { type Background, defineFeature, type Parts, resolver } from '../feature/feature.ts';
import { passkeyData, pruneMetChallenges, recoveryCodeData } from './passkey-data.queries.ts';
import { PasskeyMails } from './passkey-mails.ts';
import { MetChallengeEntity, PasskeyEntity, RecoveryCodeEntity } from './passkey.entity.ts';
import { PasskeyResolver } from './passkey.resolver.ts';
import { PasskeyService } from './passkey.service.ts';
import { RecoveryCodeService } from './recovery-code.service.ts';
import { relyingPartyOf } from './relying-party.ts';
import { loadWebauthn } from './webauthn.ts';

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
const loading = ({ warn }: Parts): Background => {
  let loaded: Promise<unknown> = Promise.resolve();
  return {
    start: () => {
      loaded = loadWebauthn().catch((error: unknown) => warn(error, 'passkeys could not be loaded'));
    },
    stop: async () => {
      await loaded;
    },
  };
};

const erase = async (tx: Tx, accountId: string): Promise<void> => {
  await deletePasskeysOf(tx, accountId);
};

/** Passkeys, with which accounts sign in, and the recovery codes that replace them. */
export const passkeysFeature = defineFeature({
  name: 'passkeys',
  tables: [PasskeyEntity, RecoveryCodeEntity, MetChallengeEntity],
  resolvers: [resolver(PasskeyResolver, servicesOf)],
  types: [],
  nodes: {},
  eventViews: {},
  eventTextLengths: {},
  pruning: () => [{ name: 'met challenges', step: pruneMetChallenges }],
  background: (parts) => [loading(parts)],
  // At the end as well: a request that was under way may have added one.
  erasure: () => ({ close: erase, finish: erase }),
  personalData: [passkeyData, recoveryCodeData],
});
