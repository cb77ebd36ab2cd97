import { LINE_FAULTS } from './line-fault.js';
import { unreadableEvent } from './unreadable-event.js';

describe('an event that cannot be read', () => {
  it.each(LINE_FAULTS)('is %s', (code) => {
    expect(unreadableEvent(code).code).toBe(code);
  });

  it('is invalid for any other reason', () => {
    expect(unreadableEvent('payload-too-large').code).toBe('invalid-event');
  });
});
