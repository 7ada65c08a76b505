import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { importDocument } from '../import/document.ts';
import { moderationReasons } from '../../platform/screening/moderation-event-kinds.ts';
import { holdPhases } from '../screening/phases.ts';

const manifest = z.strictObject({
  articles: z.array(z.string()),
  removedComments: z.record(z.string(), z.array(z.string())),
  featuredEndorsements: z.record(z.string(), z.array(z.string())),
});

const email = z.email();

/** Somebody of the demo's world who has an account. */
const person = z.strictObject({
  name: z.string(),
  email,
  /** The slug of the byline that belongs to the account. */
  byline: z.string().optional(),
});
export type Person = z.output<typeof person>;

/** Number of reactions of each kind by the key of a comment, by the slug of its article. */
const reactions = z.record(
  z.string(),
  z.record(
    z.string(),
    z.strictObject({
      LIKE: z.int().min(1).optional(),
      INSIGHTFUL: z.int().min(1).optional(),
      DISAGREE: z.int().min(1).optional(),
    }),
  ),
);
export type Reactions = z.output<typeof reactions>;

const amount = z
  .string()
  .regex(/^\d+$/)
  .transform((digits) => BigInt(digits));

const backer = z.strictObject({ email, amount, named: z.boolean() });

/** A pledge of the demo; the amount is in minor units of the campaign's currency. */
export type Backer = z.output<typeof backer>;

const draft = z.strictObject({
  slug: z.string(),
  title: z.string(),
  standfirst: z.string(),
  body: z.string(),
  tags: z.array(z.string()),
});
export type Draft = z.output<typeof draft>;

const campaign = z.strictObject({
  /** The slug of the pitch. */
  article: z.string(),
  currency: z.string(),
  /** Time from the launch to the deadline. */
  runsFor: z.union([z.strictObject({ days: z.number() }), z.strictObject({ seconds: z.number() })]),
  milestones: z.array(
    z.strictObject({
      title: z.string(),
      description: z.string(),
      goal: amount,
      /** The draft that the milestone unlocks. */
      unlocks: draft.optional(),
    }),
  ),
  /** Who pledges at once. Each group pledges once all pledges of the group before count. */
  backers: z.array(z.array(backer)),
  /** Who pledges later, with the time since the launch. */
  arrivals: z.array(backer.extend({ afterSeconds: z.number() })),
});

/** A campaign of the demo, and who backs it. */
export type CampaignPlan = z.output<typeof campaign>;

const reason = z.enum(moderationReasons);

/** What is there for moderators. Articles are named by slugs, comments by keys, and people by addresses. */
const moderation = z.strictObject({
  /** Words that hold a comment, in small letters. */
  words: z.array(z.string()),
  /** Settings of single articles. */
  articles: z.record(
    z.string(),
    z.strictObject({ maxLinks: z.int().optional(), firstComments: z.int().optional() }),
  ),
  /** Comments that wait, and the phase that holds each. */
  waiting: z.array(
    z.strictObject({
      article: z.string(),
      parent: z.string().optional(),
      email,
      phase: z.enum(holdPhases),
      body: z.string(),
    }),
  ),
  reports: z.array(
    z.strictObject({ article: z.string(), comment: z.string(), email, reason, note: z.string().optional() }),
  ),
  /** Comments that somebody has removed, and what their authors say against it. */
  removed: z.array(
    z.strictObject({
      article: z.string(),
      email,
      by: email,
      reason,
      note: z.string(),
      body: z.string(),
      appeal: z.string().optional(),
    }),
  ),
});
export type ModerationPlan = z.output<typeof moderation>;

const readJson = async (folder: string, name: string): Promise<unknown> =>
  JSON.parse(await readFile(join(folder, name), 'utf8'));

/** All that an empty database is filled with. */
export async function readDemo(folder: string) {
  const read = (name: string) => readJson(folder, name);
  const { articles, ...rest } = manifest.parse(await read('manifest.json'));
  return {
    ...rest,
    documents: await Promise.all(articles.map(async (name) => importDocument.parse(await read(name)))),
    people: z.array(person).parse(await read('people.json')),
    reactions: reactions.parse(await read('reactions.json')),
    moderation: moderation.parse(await read('moderation.json')),
  };
}

export const readCampaignPlans = async (folder: string): Promise<CampaignPlan[]> =>
  z.array(campaign).parse(await readJson(folder, 'campaigns.json'));
