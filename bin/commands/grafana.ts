import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { grafanaDashboard, readDashboard } from '../../analysis/dashboards';
import { type Assembly, loadAssembly } from '../../analysis/template';
import { createPlatformApp } from '../platform-app';
import { UsageError } from '../shared/errors';
import { environmentsNamed } from '../shared/synthesis';

interface GrafanaOptions {
  readonly environment: string;
  readonly out: string;
  readonly json: boolean;
}

/** `npm run grafana`: the dashboards of an environment as files that Grafana imports. */
export function grafanaCommand(): Command {
  return new Command('grafana')
    .description("write an environment's dashboards for Grafana, on its CloudWatch data source")
    .option('-e, --environment <name>', 'whose dashboards', 'production')
    .option('-o, --out <directory>', 'where the files go', 'reports/grafana')
    .option('--json', 'print the dashboards as JSON instead of writing files', false)
    .action(({ environment, out, json }: GrafanaOptions) => {
      const dashboards = grafanaDashboards(synthesized(environment));
      if (dashboards.length === 0)
        throw new UsageError(`${environment} has no dashboards: see \`observability.dashboards\``);
      if (json) {
        process.stdout.write(`${JSON.stringify(dashboards)}\n`);
        return;
      }
      mkdirSync(out, { recursive: true });
      for (const dashboard of dashboards) {
        const file = path.join(out, `${dashboard.uid}.json`);
        writeFileSync(file, `${JSON.stringify(dashboard, undefined, 2)}\n`);
        process.stdout.write(`${file}\n`);
      }
    });
}

/** Every dashboard of an assembly that has one stage. */
export function grafanaDashboards(assembly: Assembly): ReturnType<typeof grafanaDashboard>[] {
  const [environment = ''] = assembly.stages;
  return assembly
    .ofType('AWS::CloudWatch::Dashboard')
    .map((resource) => grafanaDashboard(readDashboard(resource), environment));
}

/** Dashboards need no policies to be checked. */
function synthesized(environment: string): Assembly {
  const outdir = mkdtempSync(path.join(tmpdir(), 'headroom-synth-'));
  try {
    createPlatformApp({ environments: environmentsNamed([environment]), outdir }).synth();
    return loadAssembly(outdir);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
