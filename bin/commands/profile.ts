import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { hottest } from '../profile/flame-graph';
import { profileHtml } from '../profile/profile-html';
import { profileService, type ServiceProfile } from '../profile/profile-service';
import { renderTable } from '../shared/table';

interface Options {
  readonly rate: number;
  readonly seconds: number;
  readonly out: string;
  readonly json: boolean;
}

/** `npm run profile`: where the service spends its time, from the CPU to the plans of its statements. */
export function profileCommand(): Command {
  return new Command('profile')
    .description('run the service under load on a local data tier and report where its time goes')
    .option('--rate <number>', 'requests per second', positive, 200)
    .option('--seconds <number>', 'how long', positive, 15)
    .option('--out <file>', 'the report, with a flame graph', 'profile.html')
    .option('--json', 'print the findings as JSON', false)
    .action(run);
}

async function run({ rate, seconds, out, json }: Options): Promise<void> {
  process.stderr.write(`starting the data tier, then ${rate} requests/s for ${seconds} s …\n`);
  const profile = await profileService({ requestsPerSecond: rate, seconds });
  writeFileSync(out, profileHtml(profile));
  const { cpu, ...findings } = profile;
  const report = { ...findings, hottest: hottest(cpu, 15) };
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : print(profile, out));
}

function print({ load, eventLoopDelay, statements, repeated, indexes }: ServiceProfile, out: string): string {
  const shown = statements
    .slice(0, 8)
    .map(({ sql, calls, meanMs, maxMs }) => [
      sql.slice(0, 70),
      calls,
      Number(meanMs.toFixed(2)),
      Number(maxMs.toFixed(1)),
    ]);
  return [
    `${load.requests} requests, ${load.failed} failed, p95 ${load.latency.p95?.toFixed(1) ?? '–'} ms; event loop late by ${eventLoopDelay.p99.toFixed(1)} ms at p99`,
    renderTable(['statement', 'calls', 'mean ms', 'max ms'], shown),
    `N+1: ${repeated.length === 0 ? 'none' : repeated.map(({ request, times }) => `${request} × ${times}`).join(', ')}`,
    `missing indexes: ${indexes.length === 0 ? 'none' : indexes.map(({ statement }) => statement).join('; ')}`,
    `report with flame graph and plans: ${out}`,
    '',
  ].join('\n');
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('must be a number greater than 0.');
}
