/** Reads a .cpuprofile. */
import path from 'node:path';
import { DIST } from '../../environment/paths.mjs';

/**
 * @typedef {object} Profile
 * @property {{ id: number, callFrame: { functionName: string, url: string, lineNumber: number } }[]} nodes
 * @property {number} startTime microseconds
 * @property {number[]} samples ids of nodes
 * @property {number[]} timeDeltas microseconds between samples
 *
 * @typedef {{ name: string, microseconds: number }[]} Times longest first
 */

/**
 * The self time of each function and of each place (a folder of ours, a package, a module of Node) in
 * a window of time.
 * @param {Profile} profile
 * @param {{ begin: number, end: number }} window microseconds
 * @returns {{ places: Times, functions: Times }}
 */
export function selfTimes(profile, { begin, end }) {
  /** @type {Map<number, number>} */
  const byNode = new Map();
  let at = profile.startTime;
  profile.samples.forEach((id, i) => {
    at += profile.timeDeltas[i] ?? 0;
    // A sample stands for the time until the next one.
    if (at >= begin && at < end) {
      byNode.set(id, (byNode.get(id) ?? 0) + (profile.timeDeltas[i + 1] ?? 0));
    }
  });
  /** @type {Map<string, number>} */
  const places = new Map();
  /** @type {Map<string, number>} */
  const functions = new Map();
  for (const { id, callFrame } of profile.nodes) {
    const time = byNode.get(id);
    if (time === undefined) continue;
    const place = placeOf(callFrame);
    const name = `${callFrame.functionName || '(anonymous)'} ${whereIs(callFrame)}`.trim();
    places.set(place, (places.get(place) ?? 0) + time);
    functions.set(name, (functions.get(name) ?? 0) + time);
  }
  return { places: sorted(places), functions: sorted(functions) };
}

/** @param {{ functionName: string, url: string }} frame */
function placeOf({ functionName, url }) {
  if (url === '') return functionName.startsWith('(') ? functionName : 'V8 built-ins';
  if (url.startsWith('node:'))
    return url.replace(/^node:internal\//, 'node:').replace(/(:[^/]+\/?[^/]*).*/, '$1');
  const file = url.replace(/^file:\/\//, '');
  const pkg = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
  if (pkg !== undefined) return pkg;
  const ours = path.relative(DIST, file);
  return `src/${path.dirname(ours)}`.replace(/\/\.$/, '');
}

/** @param {{ url: string, lineNumber: number }} frame */
function whereIs({ url, lineNumber }) {
  if (url === '') return '';
  const file = url
    .replace(/^file:\/\//, '')
    .replace(/.*\/node_modules\//, '')
    .replace(DIST, 'dist');
  return `${file}:${lineNumber + 1}`;
}

function sorted(/** @type {Map<string, number>} */ times) {
  return [...times]
    .map(([name, microseconds]) => ({ name, microseconds }))
    .sort((a, b) => b.microseconds - a.microseconds);
}
