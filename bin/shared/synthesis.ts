import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type Assembly, loadAssembly } from '../../analysis/template';
import { ENVIRONMENTS, InvalidConfigError, type PlatformConfig } from '../../lib/config';
import { createPlatformApp } from '../platform-app';
import { UsageError } from './errors';

/** What one rule of a validation found, as the CDK's report has it. */
export interface Finding {
  /** Construct path of the resource. */
  readonly path: string;
  readonly plugin: string;
  readonly rule: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** Why somebody accepted it; absent when nobody did. */
  readonly acknowledged?: string;
}

export interface Synthesis {
  readonly assembly: Assembly;
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

/**
 * The environments with these names.
 *
 * @throws UsageError naming those that do not exist and those that do.
 */
export function environmentsNamed(names: readonly string[]): readonly PlatformConfig[] {
  const known = ENVIRONMENTS.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(
      `--environment must be one of ${known.join(', ')}, got ${unknown.join(', ')}; environments are files under lib/config/`,
    );
  }
  return names.length === 0 ? ENVIRONMENTS : ENVIRONMENTS.filter(({ name }) => names.includes(name));
}

/**
 * Synthesizes and validates `environments` into a `directory` that is emptied first, because validation also reads what
 * an earlier synthesis left there.
 *
 * @throws UsageError when a configuration cannot work.
 */
export function synthesize(environments: readonly PlatformConfig[], directory = 'cdk.out'): Synthesis {
  rmSync(directory, { recursive: true, force: true });
  const start = performance.now();
  const failed = synthesisError(environments, directory);
  const report = readReport(directory);
  // Anything but a failed validation is a defect of the app and not a finding.
  if (
    failed !== undefined &&
    !report.some(({ severity, acknowledged }) => severity === 'error' && acknowledged === undefined)
  )
    throw failed;
  return { assembly: loadAssembly(directory), findings: report, seconds: (performance.now() - start) / 1000 };
}

function synthesisError(environments: readonly PlatformConfig[], outdir: string): unknown {
  try {
    createPlatformApp({ environments, outdir }).synth();
    return undefined;
  } catch (error) {
    if (error instanceof InvalidConfigError) throw new UsageError(error.message);
    return error;
  }
}

interface Violation {
  readonly ruleName: string;
  readonly description: string;
  readonly severity?: string;
  readonly reason?: string;
  readonly violatingConstructs: readonly { readonly constructPath?: string }[];
}

interface Report {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly violations?: readonly Violation[];
    readonly suppressedViolations?: readonly Violation[];
  }[];
}

function readReport(directory: string): Finding[] {
  const file = path.join(directory, 'validation-report.json');
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  return report.pluginReports.flatMap(({ pluginName, violations = [], suppressedViolations = [] }) =>
    [...violations, ...suppressedViolations].flatMap((violation) =>
      violation.violatingConstructs.map(({ constructPath }) => ({
        path: constructPath ?? '(app)',
        plugin: pluginName,
        rule: violation.ruleName,
        // cdk-nag's rules have levels of their own; whatever is not a warning fails the synthesis.
        severity: violation.severity?.toLowerCase() === 'warning' ? ('warning' as const) : ('error' as const),
        message: violation.description,
        ...(violation.reason !== undefined && { acknowledged: violation.reason }),
      })),
    ),
  );
}
