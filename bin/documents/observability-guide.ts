import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { alarmCalled, secondsUntilAction, type Trouble } from '../../analysis/alarms';
import { type Assembly, loadAssembly, type Resource } from '../../analysis/template';
import { context } from '../../cdk.json';
import { production } from '../../lib/config/production';
import { PlatformStage } from '../../lib/platform-stage';
import { type Blocks, markdownTable } from './generated-blocks';

const MINUTES = 60;
const THREE_DAYS = 3 * 24 * 60 * MINUTES;
const SHARES = [1, 0.5, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
const REQUESTS_PER_SECOND = production.objectives.traffic.requestsPerHour / 3600;

/** The tables of `docs/observability.md`, from the template of production, played by the alarm engine. */
export function observabilityGuideBlocks(): Blocks {
  made ??= makeBlocks(productionAssembly());
  return made;
}

/** Played once in a process: the templates do not change while it runs. */
let made: Blocks | undefined;

function makeBlocks(assembly: Assembly): Blocks {
  return {
    alarms: alarmTable(assembly),
    'time-to-page': times(assembly, 'of the requests fail', 'availability', failing),
    'time-to-page-slow': times(assembly, 'of the requests are too slow', 'latency', slow),
  };
}

/** Production as it would be deployed; documents need no policies. */
function productionAssembly(): Assembly {
  const outdir = mkdtempSync(path.join(tmpdir(), 'headroom-docs-'));
  try {
    const app = new App({ context: { ...context, 'aws:cdk:enable-path-metadata': true }, outdir });
    new PlatformStage(app, { config: production });
    app.synth();
    return loadAssembly(outdir);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

interface Signature {
  readonly id: string;
  readonly severity: 'page' | 'ticket' | 'none';
  readonly runbook: string;
  readonly missing?: string;
}

function alarmTable(assembly: Assembly): string {
  const rows = assembly.ofType('AWS::CloudWatch::CompositeAlarm', 'AWS::CloudWatch::Alarm').flatMap((alarm) => {
    const signed = signatureOf(alarm);
    if (signed === undefined || signed.severity === 'none') return [];
    const says = String(alarm.property('AlarmDescription') ?? '').replace(/\. Runbook: .*$/, '');
    return [[`[\`${signed.id}\`](runbooks/${signed.runbook}.md)`, signed.severity, says]];
  });
  return markdownTable(['alarm', 'leads to a', 'says'], rows);
}

function signatureOf({ metadata }: Resource): Signature | undefined {
  return metadata['Headroom::Alarm'] as Signature | undefined;
}

function times(assembly: Assembly, what: string, objective: string, trouble: (share: number) => Trouble): string {
  const until = (id: string, share: number): string => {
    const composite = alarmCalled(id, assembly);
    const seconds = composite && secondsUntilAction(composite, trouble(share), THREE_DAYS);
    return seconds === undefined ? 'never' : duration(seconds);
  };
  const rows = SHARES.map((share) => [
    `${share * 100} %`,
    until('users-affected', share),
    until(`${objective}-burn-slow`, share),
    until(`${objective}-burn-creeping`, share),
  ]);
  return markdownTable([what, 'somebody is woken after', 'ticket (slow) after', 'ticket (creeping) after'], rows);
}

/** Requests at the mean rate of the objectives; from second 0 on, `share` of them fail in the tasks. */
const failing =
  (share: number): Trouble =>
  ({ name, statistic }, start, end) => {
    if (name === 'RequestCount') return REQUESTS_PER_SECOND * (end - start);
    if (name === 'HTTPCode_Target_5XX_Count') return REQUESTS_PER_SECOND * share * since(start, end) || undefined;
    return wellTimed(name, statistic, start, end, 0);
  };

/** As `failing`, but `share` of the requests take longer than the objective. */
const slow =
  (share: number): Trouble =>
  ({ name, statistic }, start, end) =>
    name === 'RequestCount' ? REQUESTS_PER_SECOND * (end - start) : wellTimed(name, statistic, start, end, share);

function wellTimed(name: string, statistic: string, start: number, end: number, slowShare: number): number | undefined {
  if (name !== 'TargetResponseTime') return undefined;
  if (statistic === 'SampleCount') return REQUESTS_PER_SECOND * (end - start);
  return statistic.startsWith('PR(') ? 100 * (1 - (slowShare * since(start, end)) / (end - start)) : undefined;
}

/** Seconds of a window that are after the beginning of the trouble. */
function since(start: number, end: number): number {
  return Math.max(0, end - Math.max(start, 0));
}

function duration(seconds: number): string {
  const minutes = Math.round(seconds / MINUTES);
  if (minutes < 120) return `${minutes} min`;
  const hours = minutes / 60;
  return hours < 48 ? `${Math.round(hours * 10) / 10} h` : `${Math.round((hours / 24) * 10) / 10} d`;
}
