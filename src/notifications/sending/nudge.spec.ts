import { Nudge } from './nudge.js';

const LONG = 3_600_000;

it('ends a wait', async () => {
  const nudge = new Nudge();
  const waiting = nudge.wait(LONG);
  nudge.raise();
  await waiting;
});

it('ends the next wait where nobody waited, and only that', async () => {
  const nudge = new Nudge();
  nudge.raise();
  nudge.raise();
  await nudge.wait(LONG);
  let over = false;
  const waiting = nudge.wait(LONG).then(() => (over = true));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(over).toBe(false);
  nudge.raise();
  await waiting;
});

it('ends by itself', async () => {
  await new Nudge().wait(1);
});
