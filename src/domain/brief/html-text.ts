const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that stays text in HTML, between tags and in quoted attributes alike. */
export function htmlText(text: string): string {
  return (
    text
      .replaceAll(/[&<>"']/g, (mark) => ENTITIES[mark] ?? '')
      // eslint-disable-next-line no-control-regex -- characters that HTML does not allow
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, '\ufffd')
  );
}
