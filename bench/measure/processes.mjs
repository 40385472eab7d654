/** CPU time and memory of processes with their children, from /proc; null where there is none. */
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second that /proc counts in; the same on every Linux of today. */
const TICKS = 100;

/**
 * CPU seconds used so far by processes, their children, and children that have ended.
 * @param {number[]} pids
 */
export function cpuSeconds(pids) {
  if (process.platform !== 'linux') return null;
  let ticks = 0;
  for (const pid of withDescendants(pids)) {
    const stat = statOf(pid);
    if (stat === null) continue;
    // utime, stime; and of a root what its ended children had used
    const [utime = 0, stime = 0, cutime = 0, cstime = 0] = stat.slice(11, 15);
    ticks += utime + stime + (pids.includes(pid) ? cutime + cstime : 0);
  }
  return ticks / TICKS;
}

/**
 * Greatest resident set so far in MiB, summed over the processes and their children. What they share
 * counts in each.
 * @param {number[]} pids
 */
export const peakMemory = (pids) => memory(pids, 'VmHWM');

/**
 * Resident set now in MiB, summed likewise.
 * @param {number[]} pids
 */
export const residentMemory = (pids) => memory(pids, 'VmRSS');

function memory(/** @type {number[]} */ pids, /** @type {string} */ field) {
  if (process.platform !== 'linux') return null;
  const line = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm');
  let kilobytes = 0;
  for (const pid of withDescendants(pids)) {
    kilobytes += Number(line.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
  }
  return kilobytes / 1024;
}

function withDescendants(/** @type {number[]} */ pids) {
  /** @type {Map<number, number[]>} */
  const children = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = statOf(Number(name))?.[1];
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const all = [...pids];
  for (const pid of all) all.push(...(children.get(pid) ?? []));
  return all;
}

/** The fields of /proc/<pid>/stat after the name, the first of them the state (NaN). */
function statOf(/** @type {number} */ pid) {
  const text = read(`/proc/${pid}/stat`);
  // The name is in brackets and may itself contain spaces and brackets.
  return text === ''
    ? null
    : text
        .slice(text.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
}

function read(/** @type {string} */ file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it has ended
  }
}
