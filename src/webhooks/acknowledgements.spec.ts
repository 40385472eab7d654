import { Acknowledgements } from './acknowledgements.js';

it('knows nothing before the first answer', () => {
  const acknowledgements = new Acknowledgements();
  expect(acknowledgements.percentiles(50, 99)).toEqual([null, null]);
  expect(acknowledgements.count).toBe(0);
});

it('says what half and what 99 of 100 answers took at most', () => {
  const acknowledgements = new Acknowledgements();
  for (let ms = 100; ms >= 1; ms -= 1) acknowledgements.add(ms);
  expect(acknowledgements.percentiles(50, 99, 100)).toEqual([50, 99, 100]);
});

it('forgets all but the latest 10,000, but counts them', () => {
  const acknowledgements = new Acknowledgements();
  acknowledgements.add(1_000_000);
  for (let i = 0; i < 10_000; i += 1) acknowledgements.add(1);
  expect(acknowledgements.percentiles(100)).toEqual([1]);
  expect(acknowledgements.count).toBe(10_001);
});
