import { createHash } from 'node:crypto';
import type { Stripe } from 'stripe';
import { parseForm } from './form-body.ts';
import { isOutcome, outcomes } from './outcomes.ts';
import { completeSession, sessionAt } from './set-ups.ts';
import type { Store } from './store.ts';
import { StripeFault } from './stripe-fault.ts';
import { selectObject } from './queries.ts';
import { type Clock, Work } from './work.ts';

/** Path prefix of the pages, on the test provider's own server and on that of its user. */
export const testProviderPath = '/test-provider/';

/** Most bytes of a form that the page sends; more than that is not read. */
export const maxFormBytes = 4096;

/** Answer of a page, whatever server sends it. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Answers a request for a page.
 * @param path without the query
 * @param body as text, at most `maxFormBytes` long; empty for a GET
 */
export type PageHandler = (method: string, path: string, body: string) => Promise<PageAnswer>;

export interface PageOptions {
  readonly store: () => Promise<Store>;
  readonly clock: Clock;
  readonly onEvents: (events: readonly Stripe.Event[]) => void;
}

export const pagePath = (sessionId: string): string => `${testProviderPath}set-up/${sessionId}`;

/**
 * The page that stands for Stripe's hosted page: in place of a card it takes the outcome of charging one. As with
 * Stripe, whoever knows the address may use the page.
 */
export function testProviderPage(options: PageOptions): PageHandler {
  return async (method, path, body) => {
    const [, id] = /^\/test-provider\/set-up\/(cs_test_[0-9a-f]{32})$/.exec(path) ?? [];
    const store = await options.store();
    const session = id === undefined ? undefined : await selectObject(store, 'checkout.session', id);
    if (!session) return pageOf(404, 'No such page', '<p>There is nothing at this address.</p>');
    if (method === 'GET' || method === 'HEAD') return show(options, session);
    if (method !== 'POST') return pageOf(405, 'Not allowed', '<p>This page can only be read and sent.</p>');
    return save(options, store, session, body);
  };
}

function show({ clock }: PageOptions, session: Stripe.Checkout.Session, problem?: string): PageAnswer {
  const { status } = sessionAt(session, Math.floor(clock.now().getTime() / 1000));
  if (status === 'open') return formOf(session, problem);
  const text =
    status === 'complete' ? 'A means of payment has been saved here.' : 'This page has expired. Begin again.';
  return pageOf(200, 'Save a means of payment', `<p>${text}</p>${wayBack(session)}`);
}

async function save(
  options: PageOptions,
  store: Store,
  session: Stripe.Checkout.Session,
  body: string,
): Promise<PageAnswer> {
  const outcome = outcomeIn(body);
  if (outcome === undefined) return show(options, session, 'Choose what will happen.');
  let events: readonly Stripe.Event[] = [];
  const saved = await store.transaction(async (tx) => {
    const work = new Work(tx, options.clock.now());
    const completed = await completeSession(work, session.id, outcome);
    events = work.events;
    return completed;
  });
  options.onEvents(events);
  if (saved.status !== 'complete') return show(options, saved);
  const location = saved.success_url ?? '/';
  return { ...pageOf(303, 'Saved', wayBack(saved)), ...{ headers: { ...headers(location), location } } };
}

function outcomeIn(body: string) {
  try {
    const { outcome } = parseForm(body.slice(0, maxFormBytes));
    const text = typeof outcome === 'string' ? outcome : undefined;
    return isOutcome(text) ? text : undefined;
  } catch (error) {
    if (error instanceof StripeFault) return undefined;
    throw error;
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? '');

const wayBack = ({ cancel_url: url }: Stripe.Checkout.Session): string =>
  url === null ? '' : `<p><a href="${escapeHtml(url)}">Go back</a></p>`;

function formOf(session: Stripe.Checkout.Session, problem: string | undefined): PageAnswer {
  const choices = Object.entries(outcomes).map(
    ([name, text], index) => `
        <p><label><input type="radio" name="outcome" value="${name}"${index === 0 ? ' checked' : ''}> ${text}</label></p>`,
  );
  const alert = problem === undefined ? '' : `<p role="alert">${escapeHtml(problem)}</p>`;
  return pageOf(
    problem === undefined ? 200 : 400,
    'Save a means of payment',
    `<p>${escapeHtml(session.custom_text.submit?.message ?? '')}</p>
    ${alert}
    <form method="post">
      <fieldset>
        <legend>What happens to this means of payment</legend>${choices.join('')}
      </fieldset>
      <p><button>Save</button></p>
    </form>
    ${wayBack(session)}`,
    session.success_url ?? undefined,
  );
}

const style = `
:root { color-scheme: light dark; }
body { font: 1.125rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 36rem; padding: 1rem; }
.mode { border: 0.125rem solid; padding: 0.5rem 1rem; }
button { font: inherit; min-height: 2.75rem; padding: 0 1.5rem; }
label { display: inline-block; min-height: 1.5rem; }
`;

const styleHash = createHash('sha256').update(style).digest('base64');

/** @param returnUrl address to which the form leads: browsers apply `form-action` to redirects as well */
function headers(returnUrl: string | undefined): Record<string, string> {
  const origin = returnUrl !== undefined && URL.canParse(returnUrl) ? ` ${new URL(returnUrl).origin}` : '';
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy':
      `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'${origin}; ` +
      `frame-ancestors 'none'; base-uri 'none'`,
    // The address is what opens the page.
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-robots-tag': 'noindex',
  };
}

function pageOf(status: number, title: string, content: string, returnUrl?: string): PageAnswer {
  return {
    status,
    headers: headers(returnUrl),
    body: `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title} (test mode)</title>
    <style>${style}</style>
  </head>
  <body>
    <main>
    <h1>${title}</h1>
    <p class="mode"><strong>Test mode: no money moves.</strong></p>
    ${content}
    </main>
  </body>
</html>
`,
  };
}
