import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ALARM_METADATA, type AlarmMetadata } from '../../lib/constructs/observability/alarm-row';
import { synthesizePlatform } from '../platform/synthesized';

const FOLDER = 'docs/runbooks';
const HEADINGS = ['## Symptoms', '## Checks', '## Commands', '## Way out', '## Escalation'];
/** Procedures that no alarm of the three environments names, each with its reason. */
const WITHOUT_ALARM: Readonly<Record<string, string>> = {
  failover: 'the last way out of several incidents',
  scaling: 'what people do with capacity, on a day that the calendar knows or an alarm names',
  'cache-throttled': 'a serverless cache has it, and no environment has one today',
};

const { assembly } = synthesizePlatform();
const signed = assembly
  .ofType('AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm')
  .flatMap(({ metadata }) => (metadata[ALARM_METADATA] as AlarmMetadata | undefined) ?? []);
const named = [...new Set(signed.map(({ runbook }) => runbook))];
const files = readdirSync(FOLDER).filter((file) => file.endsWith('.md'));
const textOf = (name: string): string => readFileSync(path.join(FOLDER, `${name}.md`), 'utf8');

test('the alarms are those of all environments', () => {
  expect(named.length).toBeGreaterThan(50);
});

test.each(named)('%s has a runbook with everything that is needed at night', (name) => {
  const text = textOf(name);
  expect(HEADINGS.filter((heading) => !text.includes(`\n${heading}\n`))).toEqual([]);
  expect(text.startsWith(`# ${name}\n`)).toBe(true);
  expect(text).toMatch(/```sh\n[^`]+\n```/);
});

test('every runbook has an alarm, or a reason to be there without one', () => {
  const known = [...named, ...Object.keys(WITHOUT_ALARM)];
  expect(files.map((file) => file.slice(0, -3)).filter((name) => !known.includes(name))).toEqual([]);
});

test('no two runbooks say the same: each paragraph of text is there once', () => {
  // The steps of the failover are written by the program that takes them (bin/documents/failover-runbook.ts).
  const lines = files
    .filter((file) => file !== 'failover.md')
    .flatMap((file) =>
      readFileSync(path.join(FOLDER, file), 'utf8')
        .split('\n')
        .filter((line) => /^(\*|\d+\.) /.test(line) && line.length > 60),
    );
  expect(lines.filter((line, index) => lines.indexOf(line) !== index)).toEqual([]);
});

test('every link between runbooks leads somewhere', () => {
  const dead = files.flatMap((file) =>
    [...readFileSync(path.join(FOLDER, file), 'utf8').matchAll(/\]\(([\w./-]+\.md)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !existsSync(path.join(FOLDER, target)))
      .map((target) => `${file}: ${target}`),
  );
  expect(dead).toEqual([]);
});
