import { type RecordedEvent } from './delivery.js';
import { outcomeOf } from './outcome.js';

const event = (status: RecordedEvent['status'], duplicate = false): RecordedEvent => ({
  status,
  code: status === 'quarantined' ? 'no_ref' : null,
  duplicate,
  errors: [],
});

describe('outcomeOf', () => {
  it.each([
    ['accepted', [event('applied')], 200],
    ['ignored', [event('ignored')], 200],
    ['quarantined', [event('quarantined')], 200],
    // A generic source refuses what is stored all the same.
    ['quarantined', [event('quarantined')], 400],
    ['duplicate', [event('applied', true)], 200],
    ['duplicate', [event('quarantined', true)], 400],
    // A batch is what the worst of it is; a repeat only if all of it is.
    ['quarantined', [event('applied'), event('quarantined'), event('ignored')], 200],
    ['accepted', [event('ignored'), event('applied', true), event('applied')], 200],
    ['ignored', [], 200],
    ['rejected', undefined, 401],
    ['rejected', undefined, 404],
    ['unavailable', undefined, 503],
    [null, undefined, 200],
  ] as const)('is %s for %j answered by %d', (outcome, recorded, status) => {
    expect(outcomeOf(recorded, status)).toBe(outcome);
  });
});
