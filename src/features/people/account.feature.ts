import { People1796030000000 } from '../../../migrations/1796030000000-people.ts';
import { accountErrors } from './account-errors.ts';
import { accountTexts } from './account-texts.ts';
import type { Tx } from '../../platform/db/database.ts';
import { defineFeature, type Parts, resolver } from '../../platform/feature/feature.ts';
import { accountData, sessionData } from './account/account-data.queries.ts';
import { AccountEntity } from './account/account.entity.ts';
import { AccountResolver, findViewerNode } from './credentials/account.resolver.ts';
import { configuredPictureStore } from './profile/configured-picture-store.ts';
import { CredentialResolver } from './credentials/credential.resolver.ts';
import { CredentialService } from './credentials/credential.service.ts';
import { DeviceEntity } from './account/device.entity.ts';
import { deleteDevices, deviceData, pruneDevices } from './account/device.queries.ts';
import { erasureJob } from './account/erasure-job.ts';
import { MailedLinkEntity } from './mailed-links/mailed-link.entity.ts';
import { deleteLinksOf, mailedLinkData, pruneMailedLinks } from './mailed-links/mailed-link.queries.ts';
import { SignInLinkResolver } from './credentials/sign-in-link.resolver.ts';
import { SignInLinkService } from './credentials/sign-in-link.service.ts';
import { mailsOf, proofsOf, sessionsOf } from './credentials/account-services.ts';
import { SignUpService } from './credentials/sign-up.service.ts';
import { pruneEndedSessions, pruneExpiredFamilies } from './sessions/session-prune.queries.ts';
import { ErasureService } from './erasure/erasure.service.ts';
import { ownDataRoute } from './erasure/own-data-route.ts';
import { pictureRoutes } from './profile/picture-routes.ts';
import type { Routes } from '../../platform/http/requests.ts';
import { PictureFileEntity } from './profile/picture-file.entity.ts';
import { pictureJob } from './profile/picture-job.ts';
import { discardPicture } from './profile/picture.queries.ts';
import { PictureService } from './profile/picture.service.ts';
import { ProofResolver } from './credentials/proof.resolver.ts';
import { ProfileResolver } from './profile/profile.resolver.ts';
import { ProfileService } from './profile/profile.service.ts';
import { RefreshTokenEntity, SessionEntity, TokenFamilyEntity } from './sessions/session.entity.ts';
import { UserErrorSuspensionResolver, ViewerSanctionResolver } from './account/sanction.resolver.ts';
import { pageRoutes } from '../../platform/http/paths.ts';
import { scriptedPages } from '../../platform/page/served.ts';

const signUpsOf = (parts: Parts): SignUpService =>
  new SignUpService({ ...parts, sessions: sessionsOf(parts), mails: mailsOf(parts) });

/** Where accounts may have pictures. */
function pictureRoutesOf(parts: Parts): Routes[] {
  const store = configuredPictureStore(parts.config);
  return store ? [pictureRoutes({ ...parts, store, service: new PictureService(parts.db) })] : [];
}

/** Forgets an account's links, its devices and its picture. */
async function forget(tx: Tx, accountId: string): Promise<void> {
  await deleteLinksOf(tx, accountId);
  await deleteDevices(tx, accountId);
  await discardPicture(tx, accountId);
}

/** Accounts and their sessions. */
export const accountFeature = defineFeature({
  name: 'account',
  migrations: [People1796030000000],
  tables: [
    AccountEntity,
    DeviceEntity,
    SessionEntity,
    RefreshTokenEntity,
    TokenFamilyEntity,
    MailedLinkEntity,
    PictureFileEntity,
  ],
  resolvers: [
    resolver(AccountResolver, (parts) => [sessionsOf(parts), signUpsOf(parts)]),
    resolver(ProofResolver, (parts) => [proofsOf(parts)]),
    resolver(ViewerSanctionResolver),
    resolver(UserErrorSuspensionResolver),
    resolver(ProfileResolver, ({ db, clock, config }) => [
      new ProfileService({ db }),
      new PictureService(db),
      clock,
      config.pictures !== undefined,
    ]),
    resolver(CredentialResolver, (parts) => [
      signUpsOf(parts),
      new CredentialService({
        ...parts,
        sessions: sessionsOf(parts),
        proofs: proofsOf(parts),
        mails: mailsOf(parts),
        mailsLinks: parts.config.signInLinks,
        staffSecondFactor: parts.config.staffSecondFactor,
      }),
      sessionsOf(parts),
      parts.mail !== undefined,
    ]),
    resolver(SignInLinkResolver, (parts) => [
      new SignInLinkService({
        ...parts,
        sessions: sessionsOf(parts),
        mails: mailsOf(parts),
        isOn: parts.config.signInLinks,
      }),
    ]),
  ],
  types: [],
  nodes: { Viewer: findViewerNode },
  logs: [],
  events: {},
  counters: {},
  notifications: {},
  idempotency: {},
  errorCodes: accountErrors,
  scopes: {},
  texts: accountTexts,
  invariants: {},
  pruning: () => [
    { name: 'expired token families', step: pruneExpiredFamilies },
    { name: 'ended sessions', step: pruneEndedSessions },
    { name: 'mailed links', step: pruneMailedLinks },
    { name: 'recognised devices', step: pruneDevices },
  ],
  // The erasure service itself closes the account first and deletes it last.
  jobs: ({ db, log, clock, leases, config, erasures, onJobError }) => [
    erasureJob({
      db: db.forNode('erasures'),
      clock,
      leases,
      erase: async (accountId) => {
        await new ErasureService({ db, log, erasures }).eraseDue(accountId, clock.now());
      },
      onError: (error) => onJobError('erasures', error),
    }),
    ...[configuredPictureStore(config)].flatMap((store) => (store ? pictureJob(db, store) : [])),
  ],
  routes: (parts) => [ownDataRoute(parts, proofsOf(parts)), ...pictureRoutesOf(parts)],
  served: {
    pages: scriptedPages(
      pageRoutes.account,
      pageRoutes.person,
      pageRoutes.signUp,
      pageRoutes.confirmSignUp,
      pageRoutes.confirmEmail,
      pageRoutes.forgotPassword,
      pageRoutes.resetPassword,
      pageRoutes.signInByMail,
      pageRoutes.signIn,
    ),
    parts: {},
    texts: {},
  },
  // At the end as well: a request that was under way may have made another one.
  erasure: () => ({ close: forget, finish: forget }),
  personalData: [accountData, sessionData, deviceData, mailedLinkData],
});
