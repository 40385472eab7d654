/**
 * For `npm run test:mutation`. A change of the code that a property notices is noticed: to look for its
 * least example takes longer than Stryker waits, which then says "timed out" and not by what.
 */
import fc from 'fast-check';

fc.configureGlobal({ endOnFailure: true });
