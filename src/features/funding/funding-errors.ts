import { defineErrors } from '../../platform/errors/errors.ts';

declare module '../../platform/errors/errors.ts' {
  interface UserErrorCodes {
    readonly FUNDING_OFF: true;
    readonly CAMPAIGN_EXISTS: true;
    readonly CAMPAIGN_CLOSED: true;
    readonly ALREADY_PLEDGED: true;
    readonly INSUFFICIENT_FUNDS: true;
    readonly PROVIDER_UNAVAILABLE: true;
  }
}

/** Refusals of commands on campaigns, pledges and money. */
export const fundingErrors = defineErrors({
  FUNDING_OFF: {
    describe: 'This service takes no money, or not in the mode of this campaign.',
    when: 'The service has no payment provider; or the campaign was made in test mode and the service runs in live mode, or the other way round.',
    react: 'Take pledges where a provider is configured; make a new campaign in the mode of the service.',
  },
  CAMPAIGN_EXISTS: {
    describe: 'The article has a campaign already.',
    when: 'The article has a campaign, perhaps one that was cancelled: an article pitches one campaign.',
    react: 'Query `Article.campaign`; pitch another campaign in another article.',
  },
  CAMPAIGN_CLOSED: {
    describe: 'The campaign takes no pledges: it is not live, or over.',
    when: 'The campaign takes no pledges now: it is a draft, suspended or over, its deadline has passed, or its article is not published.',
    react: 'Query `viewerCanPledge` first.',
  },
  ALREADY_PLEDGED: {
    describe: 'You have pledged to the open milestone already: change that pledge.',
    when: 'The account has a pledge to the open milestone that counts.',
    react: 'Change that pledge, `viewerPledge`, with `changePledge`.',
  },
  INSUFFICIENT_FUNDS: {
    describe: 'The campaign does not hold as much money.',
    when: 'The campaign holds less than this amount, beside refunds and payouts that are under way, or so much was paid out that a pledge cannot be given back.',
    react: 'Wait for what is being collected; pay out or give back less.',
  },
  PROVIDER_UNAVAILABLE: {
    describe: 'The payment provider did not answer: try again with the same idempotency key.',
    when: 'The payment provider did not answer, or refused to open its page. The pledge is stored and does not count yet.',
    react:
      'Send `pledge` again with the same idempotency key, or `retryPledge`: either asks for the page again.',
  },
});
