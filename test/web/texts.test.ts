/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import 'reflect-metadata';
import { features } from '../../src/app/features.ts';
import { servedOf } from '../../src/platform/feature/gather.ts';
import * as served from '../../src/platform/page/page-texts.ts';
import { formatDay, formatNumber } from '../../web/format.ts';
import { texts } from '../../web/texts.ts';

type Text = string | Readonly<Record<string, string>> | ((...values: any[]) => string);

/** A text as it is shown, for functions with one value and with several. */
const shown = (text: Text | undefined): unknown =>
  typeof text === 'function'
    ? [
        [1, 0],
        [1_234, 2],
        ['Ada', 1],
        [null, 3],
      ].map((values) => text(...values))
    : text;

describe('the texts of the served page', () => {
  it.each(Object.entries({ ...served.texts, ...servedOf(features).texts } as Record<string, Text>))(
    '%s is that of the script’s page',
    (name, text) => {
      const same = shown(new Map<string, unknown>(Object.entries(texts)).get(name) as Text | undefined);
      // The script's page may have more of a kind, such as orders that the served page can not have.
      if (typeof text === 'object') expect(same).toMatchObject(text);
      else expect(same).toEqual(shown(text));
    },
  );

  // Instants differ by time zone: the served page is the same for all readers.
  it.each(['2015', '2015-07', '2015-07-25'])('have the format of the script’s page for %s', (time) => {
    expect(served.formatDay(time)).toBe(formatDay(time));
  });

  it('have numbers of the same format', () => {
    expect(served.formatNumber(1_234_567)).toBe(formatNumber(1_234_567));
  });
});
