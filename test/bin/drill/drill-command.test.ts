import { Command } from 'commander';
import { drillCommand } from '../../../bin/commands/drill';

const run = (...args: string[]) =>
  new Command()
    .exitOverride()
    .addCommand(drillCommand())
    .parseAsync(['drill', ...args], { from: 'user' });

test.each([
  [
    ['fire'],
    "no drill is named 'fire'; there are region-lost, region-switch, switch-interrupted, table-deleted, corrupted-backup, writer-lost",
  ],
  [
    ['region-switch'],
    "--state-machine must be the ARN of the failover program, got ''; the stack Recovery has it, or add --local",
  ],
  [
    ['table-deleted'],
    'table-deleted runs with --local only; in the account the restore tests of the stack Recovery do it',
  ],
  [
    ['region-lost', '--repeat', '2', '--state-machine', 'arn:aws:states:us-west-2:1:stateMachine:F'],
    '--repeat must be 1 without --local, got 2: each run moves the platform',
  ],
  [['region-lost', '--local', '--environment', 'moon'], '--environment must be one of'],
])('refuses %j', async (args, message) => {
  await expect(run(...args)).rejects.toThrow(message);
});
