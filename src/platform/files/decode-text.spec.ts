import { decodeText } from './decode-text.js';

describe('bytes as text', () => {
  it.each([
    ['UTF-8', Buffer.from('väri 😬')],
    ['UTF-8 with its mark', Buffer.from('\ufeffväri 😬')],
    ['UTF-16, small end first', Buffer.from('\ufeffväri 😬', 'utf16le')],
    ['UTF-16, big end first', Buffer.from('\ufeffväri 😬', 'utf16le').swap16()],
  ])('reads %s', (_, bytes) => {
    expect(decodeText(bytes)).toBe('väri 😬');
  });

  it.each([
    ['an old code page', Buffer.from('väri', 'latin1')],
    ['UTF-16 without its mark and half a character', Buffer.from([0x61, 0xd8])],
    ['UTF-16 with half a character', Buffer.from([0xff, 0xfe, 0x3d, 0xd8])],
    ['an odd byte at the end of UTF-16', Buffer.from([0xff, 0xfe, 0x61])],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47])],
  ])('refuses %s', (_, bytes) => {
    expect(() => decodeText(bytes)).toThrow(expect.objectContaining({ code: 'not-text' }));
  });

  it('reads nothing as nothing', () => {
    expect(decodeText(new Uint8Array())).toBe('');
  });
});
