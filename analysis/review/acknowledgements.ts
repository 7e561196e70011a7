import { existsSync, readFileSync } from 'node:fs';
import { type Assembly, withoutStages } from '../template';

/** A finding that somebody accepted, as the CDK keeps it beside the template. */
export interface Acknowledgement {
  /** Construct path without the environment. */
  readonly at: string;
  /** `AwsSolutions-IAM5[Resource::*]`. */
  readonly id: string;
  readonly reason: string;
}

const TYPE = 'aws:cdk:acknowledged-rules';

interface Entry {
  readonly type: string;
  readonly data?: unknown;
}

/** Every finding accepted in `assembly`; none of a bare template, which does not keep them. */
export function acknowledgementsIn(assembly: Assembly): readonly Acknowledgement[] {
  return assembly.stacks.flatMap(({ file, stages }) => {
    const metadata = file.replace(/\.template\.json$/u, '.metadata.json');
    if (metadata === file || !existsSync(metadata)) return [];
    const constructs = JSON.parse(readFileSync(metadata, 'utf8')) as Readonly<Record<string, readonly Entry[]>>;
    return Object.entries(constructs).flatMap(([path, entries]) => {
      const at = withoutStages(path.replace(/^\//u, ''), stages);
      return entries
        .filter(({ type, data }) => type === TYPE && typeof data === 'object' && data !== null)
        .flatMap(({ data }) => Object.entries(data as Readonly<Record<string, string>>))
        .map(([id, reason]) => ({ at, id, reason }));
    });
  });
}
