import { InvalidEnvironmentError } from './environment';

/** Exit codes of a program: 1 when something broke, 2 when it was started with what cannot work. */
export const EXIT = { fine: 0, failed: 1, usage: 2 } as const;

/**
 * Ends the process with the exit code that `main` gives, or says what is wrong. It would end by itself only if nothing
 * kept it alive; a forgotten timer must not hold a task until SIGKILL.
 */
export function runProgram(main: () => Promise<number>): void {
  main()
    .catch(report)
    .then(
      (code) => process.exit(code),
      () => process.exit(EXIT.failed),
    );
}

function report(error: unknown): number {
  if (error instanceof InvalidEnvironmentError) {
    process.stderr.write(`${error.message}\n`);
    return EXIT.usage;
  }
  if (error instanceof Error && 'code' in error && 'port' in error && error.code === 'EADDRINUSE') {
    const advice = 'stop the process that listens there or set PORT to a free one (0 picks one)';
    process.stderr.write(`PORT ${error.port} is already in use: ${advice}\n`);
    return EXIT.usage;
  }
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT.failed;
}
