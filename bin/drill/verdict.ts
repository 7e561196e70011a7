import type { Objectives } from '../../lib/config';
import type { DrillFindings, TimelineEntry } from './drill';

/** What is kept of a drill. */
export interface Evidence extends DrillFindings {
  readonly drill: string;
  /** This machine, or the state machine that ran. */
  readonly place: string;
  readonly environment: string;
  readonly startedAt: string;
  readonly timeline: readonly TimelineEntry[];
  readonly objectives: { readonly recoverySeconds: number; readonly dataLossSeconds: number };
  readonly passed: boolean;
}

/** Holds what a drill found against what the environment promises. */
export function evidenceOf(
  drill: Pick<Evidence, 'drill' | 'place' | 'timeline' | 'startedAt'>,
  findings: DrillFindings,
  environment: { readonly name: string; readonly objectives: Pick<Objectives, 'recovery'> },
): Evidence {
  const { point, time } = environment.objectives.recovery;
  const objectives = { recoverySeconds: time.toSeconds(), dataLossSeconds: point.toSeconds() };
  const problems = [
    ...findings.problems,
    ...(findings.recoverySeconds <= objectives.recoverySeconds
      ? []
      : [`recovery took ${findings.recoverySeconds} s, the objective is ${objectives.recoverySeconds} s`]),
    ...(findings.dataLossSeconds <= objectives.dataLossSeconds
      ? []
      : [`${findings.dataLossSeconds} s of writes were lost, the objective is ${objectives.dataLossSeconds} s`]),
  ];
  return { ...drill, environment: environment.name, ...findings, problems, objectives, passed: problems.length === 0 };
}

/** The evidence for people. */
export function evidenceMarkdown(evidence: Evidence): string {
  const { drill, passed, objectives, timeline, measured, problems } = evidence;
  const start = timeline[0]?.at ?? 0;
  const row = (...cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [
    `# Drill ${drill}: ${passed ? 'passed' : 'failed'}`,
    '',
    `${evidence.startedAt}, ${evidence.place}, objectives of ${evidence.environment}.`,
    '',
    row('', 'measured', 'objective'),
    row('---', '---', '---'),
    row('recovery time (RTO)', `${evidence.recoverySeconds} s`, `${objectives.recoverySeconds} s`),
    row('data loss (RPO)', `${evidence.dataLossSeconds} s`, `${objectives.dataLossSeconds} s`),
    ...Object.entries(measured).map(([name, value]) => row(name, value, '')),
    '',
    ...(problems.length === 0 ? [] : ['## Problems', '', ...problems.map((problem) => `* ${problem}`), '']),
    '## Timeline',
    '',
    row('second', 'what'),
    row('---', '---'),
    ...timeline.map(({ at, what }) => row(((at - start) / 1000).toFixed(2), what)),
    '',
  ].join('\n');
}
