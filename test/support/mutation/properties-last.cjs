/** For `npm run test:mutation`: examples first. They take milliseconds and notice most changes. */
const { default: Sequencer } = require('@jest/test-sequencer');

module.exports = class PropertiesLast extends Sequencer {
  sort(tests) {
    const isOfProperties = ({ path }) => Number(path.endsWith('.properties.spec.ts'));
    return [...tests].sort((a, b) => isOfProperties(a) - isOfProperties(b));
  }
};
