import { readFileSync } from 'node:fs';
import { rateLimits } from '../../service/src/rate-limits';

const guide = readFileSync('docs/scaling.md', 'utf8');

test.each([
  ['anonymous (address), free', rateLimits.anonymous],
  ['anonymous (address), free', rateLimits.free],
  ['standard', rateLimits.standard],
  ['premium', rateLimits.premium],
  ['new sessions (address)', rateLimits.signIn],
])('the guide has the limits of the service: %s', (who, { perMinute, burst }) => {
  expect(guide).toContain(`| ${who} | ${perMinute.toLocaleString('en')} | ${burst.toLocaleString('en')} |`);
});
