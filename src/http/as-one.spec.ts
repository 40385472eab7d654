import { jest } from '@jest/globals';
import { type Request, type RequestHandler, type Response } from 'express';
import { asOne } from './as-one.js';

const REQUEST = {} as Request;
const RESPONSE = {} as Response;

describe('handlers as one', () => {
  const calls: string[] = [];
  const called =
    (name: string, error?: unknown): RequestHandler =>
    (_request, _response, next) => {
      calls.push(name);
      next(error);
    };
  beforeEach(() => void (calls.length = 0));

  it('are called in their order, then the next one', () => {
    const next = jest.fn();
    void asOne(called('a'), called('b'))(REQUEST, RESPONSE, next);
    expect(calls).toEqual(['a', 'b']);
    expect(next.mock.calls).toEqual([[]]);
  });

  it('end at the first that passes an error on', () => {
    const next = jest.fn();
    const error = new Error('x');
    void asOne(called('a', error), called('b'))(REQUEST, RESPONSE, next);
    expect(calls).toEqual(['a']);
    expect(next.mock.calls).toEqual([[error]]);
  });

  it('end at the first that answers, or throws', () => {
    const next = jest.fn();
    const thrower: RequestHandler = () => {
      throw new Error('x');
    };
    void asOne(() => undefined, called('b'))(REQUEST, RESPONSE, next);
    expect(() => void asOne(thrower, called('b'))(REQUEST, RESPONSE, next)).toThrow('x');
    expect(calls).toEqual([]);
    expect(next).not.toHaveBeenCalled();
  });
});
