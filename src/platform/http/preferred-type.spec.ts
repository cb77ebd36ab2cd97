import { preferredType } from './preferred-type.js';

describe('the media type a client likes best', () => {
  it.each([
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['text/html', 'text/html'],
    ['TEXT/HTML; charset=utf-8', 'text/html'],
    ['text/markdown', 'text/markdown'],
    ['text/*', 'text/markdown'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['text/html;q=0.5, text/markdown;q=0.6', 'text/markdown'],
    ['text/html;q=0.5, */*;q=0.5', 'application/json'],
    ['*/*, application/json;q=0', 'text/markdown'],
    ['text/*;q=0.9, text/markdown;q=0.1', 'text/html'],
    ['*/*;q=0.1, text/html;q=0', 'application/json'],
    ['text/html;q=2', 'application/json'],
    ['text/html;q=nonsense, text/markdown;q=0.001', 'text/markdown'],
    ['text/html;version=2', 'application/json'],
    ['image/png', 'application/json'],
    [',;,', 'application/json'],
  ])('%s: %s', (accept, type) => {
    const offered = ['application/json', 'text/markdown', 'text/html'] as const;
    expect(preferredType(accept, offered)).toBe(type);
  });
});
