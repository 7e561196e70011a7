import { Command, CommanderError } from 'commander';
import { commands } from './commands';
import { CheckFailedError, UsageError } from './shared/errors';
import { EXIT } from './shared/exit';

/** The command line: one file per command under `bin/commands/`; this file only decides the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('headroom')
    .description('A scalable web platform for AWS that you can rehearse before you deploy it')
    .showHelpAfterError('(add --help for usage)')
    .exitOverride();
  for (const command of commands()) {
    program.addCommand(command.exitOverride().showHelpAfterError('(add --help for usage)'));
  }
  try {
    await program.parseAsync(argv);
    return EXIT.fine;
  } catch (error) {
    return report(error);
  }
}

function report(error: unknown): number {
  // Commander has already printed its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`);
    return EXIT.usage;
  }
  if (error instanceof CheckFailedError) {
    process.stderr.write(`${error.message}\n`);
    return EXIT.checkFailed;
  }
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT.checkFailed;
}

main(process.argv).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    throw error;
  },
);
