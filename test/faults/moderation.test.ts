/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { Random } from '../../harness/random.ts';
import { type Act, checkActs, type LoggedAction } from '../../faults/moderation/acts.ts';
import { checkQueue, type QueuedItem } from '../../faults/moderation/queue.ts';
import { Texts } from '../../faults/moderation/texts.ts';

/* Tests that the checkers of the fault harness find what is wrong with decisions, the queue and what readers see. */

let sequence = 0;
const event = (kind: string, more: Partial<LoggedAction> = {}): LoggedAction => ({
  sequence: ++sequence,
  kind,
  actorId: '7',
  comment: '1:1',
  revision: 1,
  subjectId: '2',
  decisionId: null,
  decision: null,
  phase: null,
  changesNothing: false,
  ...more,
});
const held = event('HELD', { actorId: null, phase: 'WORDS' });
const decided = (decision: string, decisionId: string) => event('DECIDED', { decision, decisionId });
const undone = (decision: string, decisionId: string) => event('UNDONE', { decision, decisionId });
const item = (more: Partial<QueuedItem> = {}): QueuedItem => ({
  comment: '1:1',
  held: 'COMMENT',
  reports: 0,
  ...more,
});

describe('the checker of the queue', () => {
  const reported = event('REPORTED', { actorId: '3' });
  const takenBack = event('HELD', { actorId: null, phase: 'REPORTS' });

  it.each<[string, LoggedAction[], QueuedItem[]]>([
    ['what waits is there', [held], [item()]],
    ['what was decided is not', [held, decided('APPROVED', '1')], []],
    ['what was undone is there again', [held, decided('REJECTED', '1'), undone('REJECTED', '1')], [item()]],
    ['what was taken back was public', [reported, takenBack], [item({ held: 'REPORTS', reports: 1 })]],
    [
      'a new text waits again behind a comment that is public again',
      [held, reported, takenBack, decided('APPROVED', '1')],
      [item({ held: 'EDIT' })],
    ],
    [
      'a removal that was undone brings both back',
      [reported, takenBack, decided('REMOVED', '1'), undone('REMOVED', '1')],
      [item({ held: 'REPORTS', reports: 1 })],
    ],
    [
      'reports that were found wrong are open again',
      [reported, decided('KEPT', '1'), undone('KEPT', '1')],
      [],
    ],
    [
      'what its author has removed as well stays gone when the removal is undone',
      [
        reported,
        takenBack,
        decided('REMOVED', '1'),
        event('UNDONE', { decision: 'REMOVED', decisionId: '1', changesNothing: true }),
      ],
      [],
    ],
    ['what its author has removed is gone', [held, event('WITHDRAWN')], []],
  ])('accepts that %s', (_, log, queue) => {
    expect(checkQueue(log, queue)).toEqual([]);
  });

  it.each<[string, LoggedAction[], QueuedItem[], RegExp]>([
    ['what was lost', [held], [], /1:1: the log says that held waits, and the queue nothing/],
    ['what nobody has told of', [], [item()], /1:1 is in the queue \(COMMENT\), and not in the log/],
    [
      'what is left behind a decision',
      [held, decided('APPROVED', '1')],
      [item()],
      /the log says that nothing waits, and the queue COMMENT/,
    ],
    [
      'what was decided twice',
      [held, decided('APPROVED', '1'), decided('REJECTED', '2')],
      [],
      /REJECTED of 1:1, of which nothing like it waits/,
    ],
    [
      'reports that were decided on twice',
      [reported, decided('KEPT', '1'), decided('KEPT', '2')],
      [],
      /KEPT of 1:1, of which nothing like it waits/,
    ],
    [
      'what was undone twice',
      [held, decided('REJECTED', '1'), undone('REJECTED', '1'), undone('REJECTED', '1')],
      [item()],
      /decision 1 was undone, and never made/,
    ],
    [
      'reports that nobody has made',
      [held],
      [item({ reports: 1 })],
      /the queue has 1 reports, and the log none/,
    ],
  ])('finds %s', (_, log, queue, fault) => {
    const [found, ...others] = checkQueue(log, queue);
    expect([found, others]).toEqual([expect.stringMatching(fault), []]);
  });
});

describe('the checker of decisions', () => {
  const act = (more: Partial<Act> = {}): Act => ({
    kind: 'DECIDED',
    actorId: '7',
    about: '1:1',
    accepted: true,
    unknown: 0,
    decisionId: '1',
    ...more,
  });
  const unanswered = (requests: number) => act({ accepted: false, unknown: requests, decisionId: undefined });
  const overturned = [
    act({ kind: 'APPEAL_ANSWERED', about: '1', overturns: true }),
    act({ kind: 'UNDONE', about: '1', accepted: false, unknown: 1 }),
  ];
  const answered = event('APPEAL_ANSWERED', { decisionId: '1' });

  it('accepts one event for each decision, and at most one for each that may have been made', () => {
    expect(checkActs([act(), act()], [decided('APPROVED', '1')])).toEqual([]);
    expect(checkActs([unanswered(1)], [])).toEqual([]);
    expect(checkActs([unanswered(1)], [decided('APPROVED', '1')])).toEqual([]);
    expect(checkActs([], [event('DECIDED', { actorId: '99' })])).toEqual([]);
  });

  it('accepts that an appeal overturns what its moderator or somebody else has undone', () => {
    expect(checkActs(overturned, [undone('APPROVED', '1'), answered])).toEqual([]);
    const others = event('UNDONE', { actorId: '99', decision: 'APPROVED', decisionId: '1' });
    expect(checkActs(overturned, [others, answered])).toEqual([]);
  });

  it.each<[string, Act[], LoggedAction[], RegExp]>([
    ['one without an event', [act()], [], /1 accepted, 0 unknown, of 1 commands; 0 in the log/],
    [
      'one command with two decisions',
      [unanswered(5)],
      [decided('EDIT_APPROVED', '1'), decided('KEPT', '2')],
      /0 accepted, 5 unknown, of 1 commands; 2 in the log/,
    ],
    [
      'a command that has decided again after its decision was undone',
      [act({ decisionId: '2', unknown: 1 })],
      [decided('REJECTED', '1'), undone('REJECTED', '1'), decided('REJECTED', '2')],
      /1 accepted, 1 unknown, of 1 commands; 2 in the log/,
    ],
    ['an appeal that has overturned nothing', overturned, [answered], /1 was overturned, and is not undone/],
    [
      'one with two events',
      [act()],
      [decided('APPROVED', '1'), decided('APPROVED', '1')],
      /decision 1 about 1:1 is 2 times in the log/,
    ],
    [
      'an event that nobody asked for',
      [act()],
      [decided('APPROVED', '1'), event('UNDONE', { decisionId: '1' })],
      /UNDONE by 7 of 1: nobody asked for it/,
    ],
    [
      'one about a text that was not read',
      [act({ revisions: { read: 1, decided: 2 } })],
      [decided('APPROVED', '1')],
      /revision 1 of 1:1 was read, and 2 was decided on/,
    ],
    ['a report without an event', [act({ kind: 'REPORTED', decisionId: undefined })], [], /0 in the log/],
  ])('finds %s', (_, acts, log, fault) => {
    expect(checkActs(acts, log)).toContainEqual(expect.stringMatching(fault));
  });
});

describe('the checker of what readers see', () => {
  it('finds a text that was never public, unless its author or nobody has seen it', () => {
    const texts = new Texts(new Random(1));
    const one = texts.make('1', 'word', false);
    const other = texts.make('1', 'plain', true);
    const approved = texts.make('1', 'link', false);
    const open = texts.make('1', 'plain', false);
    texts.approve(approved.body);
    for (const { body } of [approved, open]) texts.see('', body);
    for (const { body } of [one, other]) texts.see('1', `"${body}"`);
    expect(texts.check()).toEqual([]);
    texts.see('', `<p>${one.body}</p>`);
    texts.see('5', other.body);
    expect(texts.check()).toEqual([
      `${one.mark} of account 1 was never public, and seen by readers who are not signed in`,
      `${other.mark} of account 1 was never public, and seen by account 5`,
    ]);
    texts.waits(open.mark);
    expect(texts.check()).toHaveLength(3);
  });
});
