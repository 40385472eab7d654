import { EventEmitter } from 'node:events';
import { type Response } from 'express';
import { type Settings } from '../config/settings.js';
import { Lifecycle } from '../operations/lifecycle.js';
import { type Problem } from '../operations/problem.js';
import { Admission } from './admission.js';

const MIB = 1024 * 1024;

function setUp(maxInFlight: number) {
  const lifecycle = new Lifecycle();
  const admission = new Admission(lifecycle, { maxInFlight } as Settings);
  const enter = () => {
    const response = new EventEmitter();
    const place = admission.enter(response as unknown as Response);
    return { ...place, leave: () => response.emit('close') };
  };
  return { lifecycle, enter };
}

function codeOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return (error as Problem).code;
  }
}

describe('Admission', () => {
  it('refuses beyond MAX_IN_FLIGHT after the signature, beyond twice as many at once', () => {
    const { enter } = setUp(2);
    const places = [enter(), enter(), enter(), enter()];
    expect(places.map(({ refusal }) => refusal)).toEqual([null, null, 'overloaded', 'overloaded']);
    expect(codeOf(enter)).toBe('overloaded');

    places[0]!.leave();
    expect(enter().refusal).toBe('overloaded');
    for (const place of places.slice(1)) place.leave();
    expect(enter().refusal).toBeNull();
  });

  it('refuses bytes beyond what all bodies may hold, until others have gone', () => {
    const { enter } = setUp(10);
    const [one, two] = [enter(), enter()];
    expect([one.hold(40 * MIB), two.hold(24 * MIB)]).toEqual([null, null]);
    expect(two.hold(1)?.code).toBe('overloaded');
    one.leave();
    expect(two.hold(40 * MIB)).toBeNull();
    expect(two.hold(1)?.code).toBe('overloaded');
    two.leave();
    const three = enter();
    expect(three.hold(64 * MIB)).toBeNull();
    expect(three.hold(1)?.code).toBe('overloaded');
  });

  it('refuses what comes while the service ends', () => {
    const { lifecycle, enter } = setUp(10);
    lifecycle.startDraining();
    expect(enter().refusal).toBeNull();
    lifecycle.startRefusing();
    expect(enter().refusal).toBe('draining');
  });
});
