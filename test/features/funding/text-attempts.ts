import { addCampaign, campaignInput } from '../../support/funding.ts';
import type { TextAttempts, Writers } from '../../support/text-attempts.ts';

const newCampaign = async ({ app }: Writers) =>
  campaignInput((await app.addArticle()).id, [{ title: 'A goal', goal: 10_000 }]);

export const fundingTexts: TextAttempts = {
  createCampaign: async (writers) => ({ by: writers.editor, input: await newCampaign(writers) }),
  updateCampaign: async (writers) => {
    const input = await newCampaign(writers);
    const campaignId = await addCampaign(writers.app, writers.editor, input, { launched: false });
    return { by: writers.editor, input: { campaignId, milestones: input.milestones } };
  },
};
