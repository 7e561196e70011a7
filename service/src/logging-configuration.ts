import type { Rows } from './environment';

/** How much a program says. */
export interface LoggingConfiguration {
  readonly logLevel: string;
}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export const loggingRows: Rows<LoggingConfiguration> = {
  logLevel: { variable: 'LOG_LEVEL', kind: 'choice', choices: LEVELS, default: 'info' },
};
