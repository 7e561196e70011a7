import { Schedule } from '../../../../analysis/rehearsal/scaling/schedule-expression';

const due = (expression: string, iso: string, timeZone?: string) =>
  new Schedule(expression, timeZone).isDue(Date.parse(iso) / 1000);

test.each([
  ['cron(0 9 * * ? *)', '2026-11-20T09:00:00Z', true],
  ['cron(0 9 * * ? *)', '2026-11-20T09:01:00Z', false],
  ['cron(0/15 * * * ? *)', '2026-11-20T09:45:00Z', true],
  ['cron(0 9 ? * MON-FRI *)', '2026-11-20T09:00:00Z', true],
  ['cron(0 9 ? * MON-FRI *)', '2026-11-21T09:00:00Z', false],
  ['cron(0 9 ? * 1,7 *)', '2026-11-21T09:00:00Z', true],
  ['cron(30 18 L DEC ? *)', '2026-12-31T18:30:00Z', true],
  ['cron(0 9 1 1 ? 2027)', '2027-01-01T09:00:00Z', true],
  ['rate(5 minutes)', '2026-11-20T09:10:00Z', true],
  ['rate(5 minutes)', '2026-11-20T09:11:00Z', false],
  ['rate(1 hour)', '2026-11-20T10:00:00Z', true],
  ['at(2026-11-20T09:00:00)', '2026-11-20T09:00:00Z', true],
  ['at(2026-11-20T09:00:00)', '2026-11-21T09:00:00Z', false],
])('%s at %s is %s', (expression, iso, expected) => {
  expect(due(expression, iso)).toBe(expected);
});

// Berlin changed to winter time on 25 October 2026: 08:00 local is 06:00 UTC the day before and 07:00 UTC that day.
test('follows daylight saving time in its own time zone', () => {
  expect(due('cron(0 8 * * ? *)', '2026-10-24T06:00:00Z', 'Europe/Berlin')).toBe(true);
  expect(due('cron(0 8 * * ? *)', '2026-10-25T06:00:00Z', 'Europe/Berlin')).toBe(false);
  expect(due('cron(0 8 * * ? *)', '2026-10-25T07:00:00Z', 'Europe/Berlin')).toBe(true);
});

test.each([
  ['every day', "cannot read the schedule 'every day': use cron(…), rate(…) or at(…)"],
  ['cron(0 9 * *)', 'cron has 6 fields, got 4'],
  ['cron(0 25 * * ? *)', "'25' is not in 0–23"],
  ['cron(0/0 9 * * ? *)', "step '0'"],
  ['rate(5 fortnights)', 'rate(n minutes|hours|days)'],
  ['at(tomorrow)', 'at(yyyy-mm-ddThh:mm:ss)'],
])('%s fails with "%s"', (expression, message) => {
  expect(() => new Schedule(expression)).toThrow(message);
});

test('fails for a time zone that does not exist', () => {
  expect(() => new Schedule('rate(1 day)', 'Mars/Olympus')).toThrow("'Mars/Olympus' is no IANA time zone");
});
