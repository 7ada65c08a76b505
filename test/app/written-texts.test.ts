/**
 * The rules that features declare for texts, tried on every mutation that takes one.
 * @database either
 * @seconds 40
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { getNamedType, type GraphQLInputObjectType, isInputObjectType, isObjectType } from 'graphql';
import { features } from '../../src/app/features.ts';
import { buildApiSchema } from '../../src/platform/feature/api-schema.ts';
import { textsOf } from '../../src/platform/feature/gather.ts';
import { priced } from '../../src/platform/graphql/price.ts';
import type { WrittenText } from '../../src/platform/text/written-text.ts';
import { articleTexts } from '../features/articles/text-attempts.ts';
import { commentTexts } from '../features/comments/text-attempts.ts';
import { endorsementTexts } from '../features/endorsements/text-attempts.ts';
import { fundingTexts } from '../features/funding/text-attempts.ts';
import { integrationTexts } from '../features/integrations/text-attempts.ts';
import { moderationTexts } from '../features/moderation/text-attempts.ts';
import { peopleTexts } from '../features/people/text-attempts.ts';
import { screeningTexts } from '../features/screening/text-attempts.ts';
import { useApp } from '../support/app.ts';
import { noMailWork, noTransport } from '../support/mail.ts';
import { ProviderDouble } from '../support/provider-double.ts';
import { addWords } from '../support/screening.ts';
import type { TextAttempts, Writers } from '../support/text-attempts.ts';

const attempts: TextAttempts = {
  ...peopleTexts,
  ...articleTexts,
  ...screeningTexts,
  ...endorsementTexts,
  ...commentTexts,
  ...fundingTexts,
  ...integrationTexts,
  ...moderationTexts,
};

const limits = { maxCommentDepth: 10, maxCommentLength: 700 };
const mutations = Object.values(buildApiSchema(features).getMutationType()?.getFields() ?? {});

interface Place {
  readonly mutation: string;
  /** The field of an input that takes the text. */
  readonly path: string;
  readonly text: WrittenText;
}

/** Every field below an input, by the name of its type. */
function fieldsBelow(type: GraphQLInputObjectType): string[] {
  return Object.values(type.getFields()).flatMap((field) => {
    const named = getNamedType(field.type);
    return [`${type.name}.${field.name}`, ...(isInputObjectType(named) ? fieldsBelow(named) : [])];
  });
}

const inputOf = (mutation: string): GraphQLInputObjectType => {
  const type = mutations.find(({ name }) => name === mutation)?.args[0]?.type;
  const named = type && getNamedType(type);
  if (!isInputObjectType(named)) throw new Error(`${mutation} takes no input`);
  return named;
};

const places: readonly Place[] = Object.entries(textsOf(features)).flatMap(([path, text]) =>
  typeof text === 'string'
    ? []
    : mutations
        .filter(({ name, args }) => args.length > 0 && fieldsBelow(inputOf(name)).includes(path))
        .map(({ name }) => ({ mutation: name, path, text })),
);

/** Puts a text into the field of an input, or of what the input holds. */
function withText(type: GraphQLInputObjectType, input: any, path: string, text: string): object {
  const entries = Object.values(type.getFields()).map(({ name, type: fieldType }) => {
    const named = getNamedType(fieldType);
    const put = (each: unknown) =>
      isInputObjectType(named) && each !== undefined ? withText(named, each, path, text) : each;
    if (`${type.name}.${name}` === path) return [name, String(fieldType).startsWith('[') ? [text] : text];
    return [name, Array.isArray(input[name]) ? input[name].map(put) : put(input[name])];
  });
  return Object.fromEntries(entries);
}

/** A text that has so many characters once its white space is as the form demands: in one line a break is one space. */
const textOf = (length: number, { form }: WrittenText): string =>
  form === 'LINE'
    ? `x\n\n${'x'.repeat(length - 2)}`
    : `${`${'x'.repeat(98)}\n\n`.repeat(length).slice(0, length - 1)}x`;

describe('a text that people write', () => {
  const service = useApp(
    {
      ...noMailWork,
      MAX_COMMENT_LENGTH: String(limits.maxCommentLength),
      MAX_ENDORSEMENT_MAILS_PER_CLIENT_PER_HOUR: '1000',
    },
    { mailTransport: noTransport, payments: new ProviderDouble() },
  );
  let writers: Writers;

  beforeAll(async () => {
    const app = service();
    writers = {
      app,
      reader: await app.signUp('Rea Example'),
      moderator: await app.signUp('Mo Example', 'MODERATOR'),
      editor: await app.signUp('Ed Example', 'EDITOR', 'JOURNALIST'),
      administrator: await app.signUp('Al Example', 'ADMINISTRATOR'),
    };
    const words = [
      { text: 'refusedword', action: 'REFUSE' },
      { text: 'heldword', action: 'HOLD' },
    ];
    expect((await addWords(app, words, writers.moderator)).userErrors).toEqual([]);
  });

  const holds = async (): Promise<number> =>
    Number((await service().app.db.query<{ count: string }>('SELECT count(*) FROM comment_hold'))[0]?.count);

  /** Sends a text. @returns why it was refused, and how many texts wait more than before */
  async function send({ mutation, path }: Place, text: string) {
    const attempt = attempts[mutation];
    if (!attempt)
      throw new Error(`No test/features/*/text-attempts.ts tries ${mutation}, which takes ${path}`);
    const { by, input } = await attempt(writers);
    const before = await holds();
    const payload = mutations.find(({ name }) => name === mutation)?.type;
    const named = payload && getNamedType(payload);
    const results =
      isObjectType(named) && named.getFields().results ? 'results { userErrors { code field } }' : '';
    const type = inputOf(mutation);
    const { [mutation]: answer } = await service().data(
      `mutation ($input: ${type.name}!) { ${mutation}(input: $input) { ${results} userErrors { code field } } }`,
      { input: withText(type, input, path, text) },
      by?.token,
    );
    const refusals = [answer, ...(answer.results ?? [])]
      .flatMap((each): { code: string; field: string[] | null }[] => each.userErrors)
      // The paths in milestones are one text each.
      .map(({ code, field }) => ({ code, field: field?.join('.').split('.') }));
    return { refusals, held: (await holds()) - before };
  }

  const passed = { refusals: [], held: 0 };
  const refused = (code: string, path: string) => ({
    refusals: [{ code, field: expect.arrayContaining([path.split('.')[1]]) as unknown }],
    held: 0,
  });

  it.each(places)('is as long as $path of $mutation may be, and not longer', async (place) => {
    const max = priced(place.text.max, limits);
    expect(await send(place, textOf(max, place.text))).toEqual(passed);
    expect(await send(place, textOf(max + 1, place.text))).toEqual(refused('TOO_LONG', place.path));
  });

  it.each(places)(
    'is screened in $path of $mutation if that is declared, and not otherwise',
    async (place) => {
      const isScreened = place.text.screening === 'PHASES';
      expect(await send(place, 'a refusedword')).toEqual(
        isScreened ? refused('TEXT_REFUSED', place.path) : passed,
      );
      expect(await send(place, 'a heldword')).toEqual(isScreened ? { refusals: [], held: 1 } : passed);
    },
  );
});
