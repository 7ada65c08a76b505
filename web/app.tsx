import { lazy, Suspense } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { pageRoutes } from '../src/platform/http/paths.ts';
import { ArticlePage } from './article/article-page.tsx';
import { branchPart } from './first-page.ts';
import { FrontPage } from './front/front-page.tsx';
import { JournalistPage } from './journalist/journalist-page.tsx';
import { Layout } from './site-layout.tsx';
import { FaultBoundary } from './layout/fault-boundary.tsx';
import { Loading, NotFound } from './layout/messages.tsx';
import { PartOfPage } from './layout/part.tsx';
import { tagOfPath } from './paths.ts';
import { SearchPage } from './search/search-page.tsx';
import { useReaderTurn } from './session/reader-context.ts';
import { TagPage } from './tag/tag-page.tsx';

// Pages that are rarely opened, or only after signing in, are loaded on demand.
const SignInPage = lazy(() => import('./account/sign-in-page.tsx'));
const EmbedSignInPage = lazy(() => import('./account/embed-sign-in-page.tsx'));
const FinishSignInPage = lazy(() => import('./account/finish-sign-in-page.tsx'));
const SignUpPage = lazy(() => import('./account/sign-up-page.tsx'));
const ConfirmSignUpPage = lazy(() => import('./account/confirm-sign-up-page.tsx'));
const ConfirmEmailPage = lazy(() => import('./account/confirm-email-page.tsx'));
const MailedEndorsementPage = lazy(() => import('./account/mailed-endorsement-page.tsx'));
const ForgotPasswordPage = lazy(() => import('./account/forgot-password-page.tsx'));
const ResetPasswordPage = lazy(() => import('./account/reset-password-page.tsx'));
const SignInByMailPage = lazy(() => import('./account/sign-in-by-mail-page.tsx'));
const AccountPage = lazy(() => import('./account/account-page.tsx'));
const PersonPage = lazy(() => import('./people/person-page.tsx'));
const WritePage = lazy(() => import('./write/write-page.tsx'));
const CampaignPage = lazy(() => import('./campaign/campaign-page.tsx'));
const CampaignsPage = lazy(() => import('./support/campaigns-page.tsx'));
const MyCommentsPage = lazy(() => import('./my/my-comments-page.tsx'));
const MyArticlesPage = lazy(() => import('./my/my-articles-page.tsx'));
const MyPledgesPage = lazy(() => import('./my/my-pledges-page.tsx'));
const NotificationsPage = lazy(() => import('./notifications/notifications-page.tsx'));
const MailsPage = lazy(() => import('./mails/mails-page.tsx'));
const WebhooksPage = lazy(() => import('./webhooks/webhooks-page.tsx'));
const WebhookPage = lazy(() => import('./webhooks/webhook-page.tsx'));
const ModerationPages = lazy(() => import('./moderation/moderation-pages.tsx'));

export function App() {
  const turn = useReaderTurn();
  const [path] = useLocation();
  return (
    <Layout>
      <FaultBoundary key={`${turn} ${path}`}>
        <Suspense fallback={<Loading />}>
          <Switch key={turn}>
            <Route path={pageRoutes.front} component={FrontPage} />
            <Route path={pageRoutes.article}>{({ slug }) => <ArticlePage key={slug} slug={slug} />}</Route>
            <Route path={pageRoutes.edit}>{({ slug }) => <WritePage key={slug} slug={slug} />}</Route>
            <Route path={pageRoutes.campaign}>{({ slug }) => <CampaignPage key={slug} slug={slug} />}</Route>
            <Route path={pageRoutes.campaigns} component={CampaignsPage} />
            <Route path={pageRoutes.branch}>
              {({ slug, commentId }) => (
                <PartOfPage key={commentId} part={branchPart} props={{ slug, commentId }} />
              )}
            </Route>
            <Route path={pageRoutes.journalist}>{({ slug }) => <JournalistPage slug={slug} />}</Route>
            <Route path={pageRoutes.person}>{({ id }) => <PersonPage key={id} id={id} />}</Route>
            <Route path={pageRoutes.tag}>{() => <TagPage name={tagOfPath(location.pathname)} />}</Route>
            <Route path={pageRoutes.search} component={SearchPage} />
            <Route path={pageRoutes.signIn} component={SignInPage} />
            <Route path={pageRoutes.embedSignIn} component={EmbedSignInPage} />
            <Route path={pageRoutes.finishSignIn} component={FinishSignInPage} />
            <Route path={pageRoutes.signUp} component={SignUpPage} />
            <Route path={pageRoutes.confirmSignUp} component={ConfirmSignUpPage} />
            <Route path={pageRoutes.confirmEmail} component={ConfirmEmailPage} />
            <Route path={pageRoutes.mailedEndorsement} component={MailedEndorsementPage} />
            <Route path={pageRoutes.forgotPassword} component={ForgotPasswordPage} />
            <Route path={pageRoutes.resetPassword} component={ResetPasswordPage} />
            <Route path={pageRoutes.signInByMail} component={SignInByMailPage} />
            <Route path={pageRoutes.account} component={AccountPage} />
            <Route path={pageRoutes.write}>
              <WritePage />
            </Route>
            <Route path={pageRoutes.myComments} component={MyCommentsPage} />
            <Route path={pageRoutes.myArticles} component={MyArticlesPage} />
            <Route path={pageRoutes.myPledges} component={MyPledgesPage} />
            <Route path={pageRoutes.notifications} component={NotificationsPage} />
            <Route path={pageRoutes.mails} component={MailsPage} />
            <Route path={pageRoutes.webhooks} component={WebhooksPage} />
            <Route path={pageRoutes.webhook}>{({ id }) => <WebhookPage key={id} id={id} />}</Route>
            {/* All addresses below it, too. */}
            <Route path={`${pageRoutes.moderation}/*?`} component={ModerationPages} />
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </Suspense>
      </FaultBoundary>
    </Layout>
  );
}
