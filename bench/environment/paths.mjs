/** Places on the disk. */
import path from 'node:path';

export const BENCH = path.dirname(import.meta.dirname);
export const ROOT = path.dirname(BENCH);
/** What a run makes: the cluster, the built peers, event files. Ignored by git, removed at will. */
export const WORK = path.join(BENCH, '.work');
export const DIST = path.join(ROOT, 'dist');
