import { binomialAtLeast } from './binomial-tail.js';
import { dissentBound, heardChance, smallNPanel } from './small-n.js';

describe('dissentBound', () => {
  it.each([
    [1, 95],
    [3, 63],
    [5, 45],
    [7, 35],
    [10, 26],
    [20, 14],
  ])('of %i people is %i percent', (n, percent) => {
    expect(Math.round((dissentBound(n) as number) * 100)).toBe(percent);
  });

  it.each([1, 2, 7, 40, 1000])(
    'is the share that leaves a chance of 5%% to hear none of %i',
    (n) => {
      expect((1 - (dissentBound(n) as number)) ** n).toBeCloseTo(0.05, 12);
    },
  );
});

describe('heardChance', () => {
  it.each([
    [1, 20],
    [7, 79],
    [10, 89],
    [14, 96],
  ])('of %i people is %i percent for one in five', (n, percent) => {
    expect(Math.round((heardChance(n) as number) * 100)).toBe(percent);
  });

  it.each([
    [4, 0.35],
    [12, 0.05],
    [30, 0.5],
  ])('of %i people and a share of %p is the binomial chance of at least one', (n, share) => {
    expect(heardChance(n, share)).toBeCloseTo(binomialAtLeast(1, n, share), 13);
  });

  it('is certain for what everybody holds and nothing for what nobody does', () => {
    expect(heardChance(3, 1)).toBe(1);
    expect(heardChance(3, 0)).toBe(0);
  });

  it('refuses a share that is none', () => {
    expect(heardChance(3, 1.2)).toMatchObject({ ok: false, reason: 'bad-input' });
    expect(heardChance(3, Number.NaN)).toMatchObject({ ok: false, reason: 'bad-input' });
  });
});

describe('smallNPanel', () => {
  it('prints both figures and the assumption they need', () => {
    const panel = smallNPanel({ asked: 7, accounts: 5, stages: 2 });
    expect(panel).toMatchObject({ ok: true, asked: 7, accounts: 5, stages: 2 });
    const { sentence } = panel as { sentence: string };
    expect(sentence).toContain('7 people were asked (5 accounts, 2 stages)');
    expect(sentence).toContain('79%');
    expect(sentence).toContain('35%');
    expect(sentence).toContain('random sample');
  });

  it('leaves accounts out where people buy for themselves', () => {
    const panel = smallNPanel({ asked: 1, accounts: null, stages: 1 });
    expect((panel as { sentence: string }).sentence).toContain('1 person was asked (1 stage).');
  });

  it.each([
    [0, 'too-few'],
    [-1, 'bad-input'],
    [2.5, 'bad-input'],
    [Number.NaN, 'bad-input'],
  ])('answers %p people with a reason', (asked, reason) => {
    for (const result of [
      smallNPanel({ asked, accounts: 1, stages: 1 }),
      dissentBound(asked),
      heardChance(asked),
    ]) {
      expect(result).toMatchObject({ ok: false, reason });
    }
  });
});
