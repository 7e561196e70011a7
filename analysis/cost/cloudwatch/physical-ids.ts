import type { ListStackResourcesCommandInput, ListStackResourcesCommandOutput } from '@aws-sdk/client-cloudformation';
import type { Assembly } from '../../template';

/** The one call that is made, so that a test needs no client. */
export type ListStackResources = (
  region: string,
  input: ListStackResourcesCommandInput,
) => Promise<ListStackResourcesCommandOutput>;

export interface PhysicalIds {
  /** By address of the resource. */
  readonly ids: ReadonlyMap<string, string>;
  /** Stacks that are not deployed. */
  readonly absent: readonly string[];
}

/** What CloudFormation called the resources of `assembly` when it was deployed. Nested stacks are read by their own id. */
export async function physicalIdsOf(assembly: Assembly, list: ListStackResources): Promise<PhysicalIds> {
  const ids = new Map<string, string>();
  const absent: string[] = [];
  // The name of a nested stack begins with its parent's, which knows the id.
  const stacks = [...assembly.stacks].sort((a, b) => a.name.split('/').length - b.name.split('/').length);
  for (const { name, region } of stacks) {
    const deployed = name.includes('/') ? ids.get(name) : name;
    const found = deployed === undefined || region === undefined ? undefined : await readStack(deployed, region, list);
    if (found === undefined) absent.push(name);
    for (const [logicalId, physicalId] of found ?? []) ids.set(`${name}/${logicalId}`, physicalId);
  }
  return { ids, absent };
}

async function readStack(
  name: string,
  region: string,
  list: ListStackResources,
): Promise<ReadonlyMap<string, string> | undefined> {
  const found = new Map<string, string>();
  let token: string | undefined;
  do {
    let answer: ListStackResourcesCommandOutput;
    try {
      answer = await list(region, { StackName: name, ...(token === undefined ? {} : { NextToken: token }) });
    } catch (error) {
      if (error instanceof Error && error.name === 'ValidationError' && error.message.includes('does not exist')) {
        return undefined;
      }
      throw error;
    }
    for (const { LogicalResourceId, PhysicalResourceId } of answer.StackResourceSummaries ?? []) {
      if (LogicalResourceId !== undefined && PhysicalResourceId) found.set(LogicalResourceId, PhysicalResourceId);
    }
    token = answer.NextToken;
  } while (token !== undefined);
  return found;
}
