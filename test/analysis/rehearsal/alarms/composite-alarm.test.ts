import { compositeAlarmHolds } from '../../../../analysis/rehearsal/alarms/composite-alarm';

const STATES = { cpu: 'ALARM', p95: 'OK', memory: 'INSUFFICIENT_DATA' } as const;
const holds = (rule: string) => compositeAlarmHolds(rule, (name) => STATES[name as keyof typeof STATES]);

test.each([
  ['ALARM("cpu")', true],
  ['ALARM(cpu) AND ALARM(p95)', false],
  ['ALARM(p95) OR ALARM(cpu)', true],
  ['NOT OK(cpu)', true],
  ['NOT (ALARM(cpu) OR FALSE)', false],
  ['ALARM(p95) AND ALARM(p95) OR ALARM(cpu)', true],
  ['INSUFFICIENT_DATA("memory") AND TRUE', true],
])('%s is %s', (rule, expected) => {
  expect(holds(rule)).toBe(expected);
});

test.each([
  ['BREACH(cpu)', "cannot read 'BREACH(cpu)': unexpected 'BREACH'"],
  ['ALARM(cpu', "cannot read 'ALARM(cpu': expected ')', got 'end'"],
  ['ALARM(cpu) ALARM(p95)', "unexpected 'ALARM'"],
  ['ALARM(cpu) & TRUE', 'at character 11'],
])('%s fails with "%s"', (rule, message) => {
  expect(() => holds(rule)).toThrow(message);
});
