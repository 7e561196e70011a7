import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type EnvironmentChange, environmentChange, reviewOf } from '../../../analysis/review';
import { loadAssembly } from '../../../analysis/template';
import { temporaryDirectory } from '../template/write-template';

export type Resources = Readonly<Record<string, object>>;

/** One side of a change: its resources, or a whole template, and the findings that were accepted in it. */
export interface Side {
  readonly Resources: Resources;
  readonly Metadata?: object;
  readonly accepted?: Readonly<Record<string, string>>;
}

/** A rule, a change that it has to find, and one that looks alike and is none of its business. */
export type Case = readonly [rule: string, finds: readonly [Side, Side], not: readonly [Side, Side]];

/** The change between two hand-written stacks named `Web`. */
export function changeOf(before: Side, after: Side, region = 'us-east-1'): EnvironmentChange {
  return environmentChange('', load(before, region), load(after, region));
}

/** Ids of the rules that find something, in the order of the review. */
export function firing(change: EnvironmentChange): string[] {
  const { lines } = reviewOf({ base: 'a', head: 'b', remarks: [] }, [change]);
  return [...new Set(lines.map(({ rule }) => rule.id))];
}

function load({ accepted, ...template }: Side, region: string) {
  const directory = temporaryDirectory();
  const file = path.join(directory, 'Web.template.json');
  writeFileSync(file, JSON.stringify(template));
  if (accepted !== undefined) {
    const entries = { '/Web/Bucket': [{ type: 'aws:cdk:acknowledged-rules', data: accepted }] };
    writeFileSync(path.join(directory, 'Web.metadata.json'), JSON.stringify(entries));
  }
  return loadAssembly(file, { region, account: '<account>' });
}
