import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { dashboardPage, readDashboard } from '../../analysis/dashboards';
import { planOf, playSeeds } from '../../analysis/rehearsal';
import { applicationOf } from '../rehearse/application';
import { NO_FLAGS } from '../rehearse/defaults';
import { positiveInteger } from '../rehearse/options';
import { subjectIn, withObjectives } from '../rehearse/subject';
import { chosenScenarios } from '../rehearse/traffics';
import { UsageError } from '../shared/errors';
import { environmentsNamed, synthesize } from '../shared/synthesis';

interface PictureOptions {
  readonly environment: string;
  readonly dashboard: string;
  readonly scenario: string;
  readonly seed: number;
  readonly out: string;
}

const SCREENSHOT = `
A picture of the page, with any Chromium:
  chromium --headless --hide-scrollbars --window-size=1240,650 --screenshot=overview.png reports/dashboard.html`;

/** `npm run dashboard-picture`: a dashboard as it would look, drawn from a rehearsal. */
export function dashboardPictureCommand(): Command {
  return new Command('dashboard-picture')
    .description('draw one of the dashboards from a rehearsal, as a page that works offline')
    .option('-e, --environment <name>', 'whose dashboard', 'production')
    .option('-d, --dashboard <name>', 'which one', 'overview')
    .option('-s, --scenario <name>', 'what is played', 'spike-5x')
    .option('--seed <number>', 'same seed, same page', positiveInteger, 1)
    .option('-o, --out <file>', 'where the page goes', path.join('reports', 'dashboard.html'))
    .addHelpText('after', SCREENSHOT)
    .action((options: PictureOptions) => {
      mkdirSync(path.dirname(options.out), { recursive: true });
      writeFileSync(options.out, pageOf(options));
      process.stdout.write(`${options.out}\n`);
    });
}

function pageOf({ environment, dashboard, scenario: wanted, seed }: PictureOptions): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'headroom-picture-'));
  try {
    const { assembly } = synthesize(environmentsNamed([environment]), directory);
    const models = assembly.ofType('AWS::CloudWatch::Dashboard').map(readDashboard);
    const model = models.find(({ name }) => name.toLowerCase() === dashboard.toLowerCase());
    if (model === undefined) {
      const names = models.map(({ name }) => name.toLowerCase()).join(', ');
      throw new UsageError(`--dashboard must be one of ${names}, got ${dashboard}`);
    }
    const options = { ...NO_FLAGS, environment, scenario: [wanted] };
    const subject = subjectIn(withObjectives(assembly, environment, options), options);
    const [scenario] = chosenScenarios(options, subject.objectives);
    if (scenario === undefined) throw new UsageError(`--scenario ${wanted} plays nothing`);
    const plan = planOf(subject.model, applicationOf(options, subject), subject.objectives, scenario);
    const [outcome] = playSeeds(plan, [seed]);
    if (outcome === undefined) throw new RangeError('one seed gives one outcome');
    // A seed shifts the minutes, so the last one is cut short.
    const rows = outcome.rows.slice(0, -1);
    return dashboardPage(
      model,
      { ...outcome, rows },
      `${environment}, simulated: ${scenario.description}, seed ${seed}`,
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
