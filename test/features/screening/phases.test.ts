/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { linksOf, toHost } from '../../../src/features/screening/links.ts';
import {
  firstComments,
  links,
  person,
  policy,
  repeatedText,
  runPhases,
  slowMode,
  type Submission,
  words,
} from '../../../src/features/screening/phases.ts';
import {
  defaultSettings,
  type ScreeningSettings,
  settingsFor,
} from '../../../src/features/screening/screening-settings.ts';
import type { WordAction } from '../../../src/features/screening/word-list.ts';

const pass = { kind: 'pass' };

function submit(more: Partial<Submission> = {}, settings: Partial<ScreeningSettings> = {}): Submission {
  return {
    text: 'A text.',
    html: '<p>A text.</p>',
    isEdit: false,
    isPersonPremoderated: false,
    settings: { ...defaultSettings, ...settings },
    commentPolicy: 'OPEN',
    words: { held: undefined, refused: [] },
    slowUntil: undefined,
    isRepeated: false,
    publicComments: 0,
    ...more,
  };
}
const found = (text: string, action: WordAction, match = text.toUpperCase()) => ({
  entry: { text, mode: 'EXACT' as const, action, language: null },
  match,
});
const linkTo = (...urls: string[]) =>
  urls.map((url) => `<p><a href="${url}" rel="nofollow ugc">here</a></p>`).join('');

describe('a phase', () => {
  it('of a site that has set nothing lets everything pass', () => {
    expect(runPhases(submit())).toEqual(pass);
  });

  it('of slow mode refuses with the time from which on it would not', () => {
    const slowUntil = new Date('2026-01-02T03:04:05Z');
    expect(slowMode.screen(submit({ slowUntil }))).toEqual({
      kind: 'refuse',
      error: {
        code: 'SLOW_MODE',
        message: 'This article is in slow mode: you can comment here again at 2026-01-02T03:04:05.000Z.',
        retryAt: slowUntil,
      },
    });
    expect(slowMode.screen(submit())).toEqual(pass);
  });

  it('of persons holds everything by those who are premoderated', () => {
    expect(person.screen(submit({ isPersonPremoderated: true }))).toMatchObject({ phase: 'PERSON' });
    expect(person.screen(submit())).toEqual(pass);
  });

  it('of words holds with the place and the entry, or refuses with the words', () => {
    const held = { held: found('idiot', 'HOLD'), refused: [] };
    const hold = { kind: 'hold', phase: 'WORDS', match: 'IDIOT', rule: 'idiot' };
    expect(words.screen(submit({ words: held }))).toEqual(hold);
    const refused = {
      held: found('idiot', 'HOLD'),
      refused: [found('one', 'REFUSE'), found('two', 'REFUSE')],
    };
    expect(words.screen(submit({ words: refused }))).toMatchObject({
      kind: 'refuse',
      error: {
        code: 'TEXT_REFUSED',
        message: 'These words are not accepted here: “ONE”, “TWO”.',
        field: ['body'],
      },
    });
    const long = { held: found('idiot', 'HOLD', '😀'.repeat(300)), refused: [] };
    const [verdict] = [words.screen(submit({ words: long }))];
    expect(verdict.kind === 'hold' && [...(verdict.match ?? '')].length).toBe(200);
  });

  it('of links holds the first link beyond the number, and links to certain hosts with their subdomains', () => {
    const html = linkTo('https://a.example/1', 'https://B.example/2?x=1&amp;y=2', 'https://c.example/3');
    const screen = (settings: Partial<ScreeningSettings>) => links.screen(submit({ html }, settings));
    expect(screen({ maxLinks: 3 })).toEqual(pass);
    expect(screen({ maxLinks: 2 })).toMatchObject({ match: 'https://c.example/3', rule: 'maxLinks: 2' });
    expect(screen({ maxLinks: 0 })).toMatchObject({ match: 'https://a.example/1', rule: 'maxLinks: 0' });
    expect(screen({ maxLinks: 2, allowedHosts: ['b.example'] })).toEqual(pass);
    expect(screen({ heldHosts: ['b.example'] })).toMatchObject({ match: 'b.example', rule: 'b.example' });
    expect(screen({ heldHosts: ['other.example'] })).toEqual(pass);
    const sub = submit({ html: linkTo('https://www.Spam.example./') }, { heldHosts: ['spam.example'] });
    expect(links.screen(sub)).toMatchObject({ match: 'www.spam.example', rule: 'spam.example' });
    const alike = submit({ html: linkTo('https://notspam.example/') }, { heldHosts: ['spam.example'] });
    expect(links.screen(alike)).toEqual(pass);
  });

  it('of repeated texts holds them if the site says so', () => {
    expect(repeatedText.screen(submit({ isRepeated: true }, { holdsRepeatedText: true }))).toMatchObject({
      phase: 'REPEATED_TEXT',
    });
    expect(repeatedText.screen(submit({ isRepeated: true }))).toEqual(pass);
    expect(repeatedText.screen(submit({}, { holdsRepeatedText: true }))).toEqual(pass);
  });

  it('of first comments holds until as many are public', () => {
    const screen = (publicComments: number) =>
      firstComments.screen(submit({ publicComments }, { firstComments: 2 }));
    expect([screen(0), screen(1), screen(2)]).toMatchObject([
      { phase: 'FIRST_COMMENTS', rule: 'firstComments: 2' },
      { phase: 'FIRST_COMMENTS' },
      pass,
    ]);
  });

  it('of the policy holds by the article or the site, and edits also where comments are closed', () => {
    expect(policy.screen(submit({ commentPolicy: 'PREMODERATED' }))).toMatchObject({ rule: 'article' });
    expect(policy.screen(submit({}, { isPremoderated: true }))).toMatchObject({ rule: 'site' });
    expect(policy.screen(submit({ commentPolicy: 'CLOSED', isEdit: true }))).toMatchObject({
      rule: 'article',
    });
    expect(policy.screen(submit())).toEqual(pass);
  });
});

describe('the phases together', () => {
  const everything = {
    isPersonPremoderated: false,
    words: { held: found('idiot', 'HOLD'), refused: [] },
    commentPolicy: 'PREMODERATED' as const,
  };

  it('give the special reason before the general one', () => {
    expect(runPhases(submit(everything, { firstComments: 3 }))).toMatchObject({ phase: 'WORDS' });
    const other = { ...everything, words: { held: undefined, refused: [] } };
    expect(runPhases(submit(other, { firstComments: 3 }))).toMatchObject({ phase: 'FIRST_COMMENTS' });
    expect(runPhases(submit(other))).toMatchObject({ phase: 'POLICY' });
  });

  it('refuse if one of them does, whichever holds before', () => {
    const refused = { ...everything, isPersonPremoderated: true };
    const submission = submit({ ...refused, words: { held: undefined, refused: [found('one', 'REFUSE')] } });
    expect(runPhases(submission)).toMatchObject({ kind: 'refuse', error: { code: 'TEXT_REFUSED' } });
  });

  it('take the article’s numbers before the site’s, zero among them', () => {
    const site = { ...defaultSettings, maxLinks: 2, slowModeSeconds: 60, firstComments: 5 };
    expect(settingsFor(site, { maxLinks: null, slowModeSeconds: 0, firstComments: 1 })).toMatchObject({
      maxLinks: 2,
      slowModeSeconds: 0,
      firstComments: 1,
    });
  });
});

describe('hosts', () => {
  it.each([
    ['Example.ORG', 'example.org'],
    ['*.example.org', 'example.org'],
    ['.example.org.', 'example.org'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['https://example.org', undefined],
    ['example.org/path', undefined],
    ['someone@example.org', undefined],
    ['two words', undefined],
    ['***', undefined],
    ['a..example', undefined],
    ['a,b.example', undefined],
    ['', undefined],
  ])('%j are kept as %j', (text, host) => {
    expect(toHost(text)).toBe(host);
  });

  it('are read from the links of a rendered text', () => {
    expect(linksOf('<p>No link, but href="https://example.org"</p>')).toEqual([]);
    expect(linksOf(linkTo('https://a.example/?x=1&amp;y=2'))).toEqual([
      { host: 'a.example', url: 'https://a.example/?x=1&y=2' },
    ]);
  });
});
