import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SignedIn } from '../../harness/sessions.ts';
import { type Answer, globalId, keyOf, readAnswer } from '../clients/api.ts';
import type { ServiceNode } from '../world/service-node.ts';

const shown = { campaign: 'campaign { id }', pledge: 'pledge { id setupUrl }' } as const;

const mutations = {
  createCampaign: ['CreateCampaignInput', shown.campaign],
  launchCampaign: ['LaunchCampaignInput', shown.campaign],
  pledge: ['PledgeInput', shown.pledge],
  refundPledge: ['RefundPledgeInput', shown.pledge],
  payOut: ['PayOutInput', shown.campaign],
} as const;

interface Mutated {
  readonly campaign?: { readonly id: string } | null;
  readonly pledge?: { readonly id: string; readonly setupUrl: string | null } | null;
  readonly userErrors: readonly { readonly code: string }[];
}

/** Time within which a request has an answer, over all repetitions. */
const patienceMs = 60_000;

/** A pledge as its backer knows it. */
export interface MadePledge {
  /** Its key in the database. */
  readonly id: string;
  readonly setupUrl: string;
}

/** Clients that repeat a request, under the same idempotency key, until they know what became of it. */
export class Backers {
  readonly #nodes: readonly ServiceNode[];
  /** Requests that were repeated. */
  retries = 0;

  constructor(nodes: readonly ServiceNode[]) {
    this.#nodes = nodes;
  }

  /** Launches a campaign with one goal. @returns its global id */
  async campaign(editor: SignedIn, articleId: string, goal: number): Promise<string> {
    const input = {
      articleId: globalId('Article', articleId),
      currency: 'EUR',
      deadline: new Date(Date.now() + 30 * 86_400_000).toISOString(),
      milestones: [{ title: 'The journey', description: 'A week on the islands.', goal: String(goal) }],
      idempotencyKey: randomUUID(),
    };
    const { campaign } = await this.#send(editor, 'createCampaign', input);
    const campaignId = campaign?.id ?? '';
    await this.#send(editor, 'launchCampaign', { campaignId });
    return campaignId;
  }

  async pledge(backer: SignedIn, campaignId: string, amount: number): Promise<MadePledge> {
    const input = { campaignId, amount: String(amount), named: true, idempotencyKey: randomUUID() };
    const { pledge } = await this.#send(backer, 'pledge', input);
    return { id: keyOf(pledge?.id ?? ''), setupUrl: pledge?.setupUrl ?? '' };
  }

  /** Saves a means of payment on the provider's page. */
  async save({ setupUrl }: MadePledge, outcome: string): Promise<void> {
    await this.#repeated(async (node) => {
      const url = new URL(setupUrl);
      // The page of a node that died is at every other one as well.
      if (this.#nodes.some(({ port }) => String(port) === url.port)) url.port = String(node.port);
      const { status } = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `outcome=${outcome}`,
        signal: AbortSignal.timeout(5000),
      });
      return status < 400 ? true : undefined;
    });
  }

  async refund(editor: SignedIn, articleId: string, { id }: MadePledge): Promise<void> {
    await this.#send(editor, 'refundPledge', { pledgeId: globalId('Pledge', articleId, id) });
  }

  async payOut(editor: SignedIn, campaignId: string, amount: number): Promise<void> {
    const idempotencyKey = randomUUID();
    await this.#send(editor, 'payOut', {
      campaignId,
      amount: String(amount),
      destination: 'acct_1Example',
      idempotencyKey,
    });
  }

  /** @throws Error where it is refused, or nobody answers */
  async #send(who: SignedIn, name: keyof typeof mutations, input: object): Promise<Mutated> {
    const [type, selection] = mutations[name];
    const query = `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} userErrors { code } } }`;
    return this.#repeated(async ({ url }) => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${who.token}` },
        body: JSON.stringify({ query, variables: { input } }),
        signal: AbortSignal.timeout(5000),
      });
      const { data, codes }: Answer<Record<string, Mutated | null>> = readAnswer(
        response.status,
        await response.text(),
      );
      const mutated = data?.[name];
      const refusals = mutated?.userErrors.map(({ code }) => code) ?? [];
      if (refusals.some((code) => code !== 'PROVIDER_UNAVAILABLE'))
        throw new RefusedError(`${name} was refused: ${refusals.join()}`);
      if (codes.some((code) => code !== 'UNAVAILABLE'))
        throw new RefusedError(`${name} was answered with ${response.status} ${codes.join()}`);
      return refusals.length > 0 || !mutated ? undefined : mutated;
    });
  }

  /** Tries one node after the other until there is a result. */
  async #repeated<T>(attempt: (node: ServiceNode) => Promise<T | undefined>): Promise<T> {
    const deadline = performance.now() + patienceMs;
    for (let tries = 0; performance.now() < deadline; tries++, await sleep(50)) {
      const node = this.#nodes[tries % this.#nodes.length];
      if (!node) break;
      if (tries > 0) this.retries += 1;
      const result = await attempt(node).catch((error: unknown) => {
        if (error instanceof RefusedError) throw error;
        return undefined;
      });
      if (result !== undefined) return result;
    }
    throw new Error(`No node answered within ${patienceMs} ms`);
  }
}

class RefusedError extends Error {}
