import fc from 'fast-check';
import { encodeEvent } from './event-stream.js';

/** As a browser reads them (HTML standard, section 9.2.6), without the part about bytes. */
function read(text: string): { event: string; id: string; data: string }[] {
  const heard: { event: string; id: string; data: string }[] = [];
  let event = '';
  let id = '';
  let data: string[] = [];
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, field, value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (line === '') {
      if (data.length > 0) heard.push({ event: event || 'message', id, data: data.join('\n') });
      [event, data] = ['', []];
    } else if (field === 'event') event = value;
    else if (field === 'id') id = value;
    else if (field === 'data') data.push(value);
  }
  return heard;
}

describe('a server-sent event', () => {
  it.each([
    ['plain', { data: 'hello' }, 'data: hello\n\n'],
    ['named', { event: 'features', id: '7', data: '{}' }, 'event: features\nid: 7\ndata: {}\n\n'],
    ['of several lines', { data: 'a\r\nb\rc\nd' }, 'data: a\ndata: b\ndata: c\ndata: d\n\n'],
    ['empty', { data: '' }, 'data: \n\n'],
    ['that only says where one is', { id: '7' }, 'id: 7\n\n'],
    ['whose name would be a field', { event: 'a\ndata: b', data: 'c' }, 'event: a data: b\ndata: c\n\n'], // prettier-ignore
  ])('%s', (_, event, text) => {
    expect(encodeEvent(event)).toBe(text);
  });

  it('is heard as it was said, and never as two', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ':', ' ', '\n', '\r', '\0', 'data: ') });
    fc.assert(
      fc.property(text, text, text, (event, id, data) => {
        const heard = read(encodeEvent({ event, id, data }) + encodeEvent({ data: 'next' }));
        expect(heard.map((one) => one.data)).toEqual([data.replaceAll(/\r\n|\r/g, '\n'), 'next']);
      }),
    );
  });
});
