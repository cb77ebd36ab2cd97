import { isBehind, lastModifiedOf } from './ofrep-version.js';

describe('the version of a configuration that a client names', () => {
  const ours = { version: 'v2', changedAt: new Date('2026-03-01T12:00:00.900Z') };
  const seconds = lastModifiedOf(ours);

  it('is told in whole seconds', () => {
    expect(seconds).toBe(1_772_366_400);
  });

  it.each([
    ['nothing', {}, false],
    ['ours', { etag: 'v2', lastModified: String(seconds) }, false],
    ['ours, by a clock that is ahead', { etag: 'v2', lastModified: String(seconds + 9) }, false],
    ['another', { etag: 'v3', lastModified: String(seconds) }, true],
    ['another, by a clock that is late', { etag: 'v3', lastModified: String(seconds - 9) }, true],
    ['another, without a time', { etag: 'v3' }, true],
    ['no version', { etag: '' }, false],
    ['two versions', { etag: ['v2', 'v3'] }, false],
    ['a later time', { lastModified: String(seconds + 1) }, true],
    ['a later time as an instant', { lastModified: '2026-03-01T12:00:01Z' }, true],
    ['the same time', { lastModified: '2026-03-01T12:00:00Z' }, false],
    ['an earlier time', { lastModified: String(seconds - 1) }, false],
    ['a time that is none', { lastModified: 'soon' }, false],
  ])('%s', (_, named, behind) => {
    expect(isBehind(ours, named)).toBe(behind);
  });
});
