import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { PlatformConfig } from '../../lib/config';
import { type TargetGroup, targetGroupOf } from '../../test/local';
import { createPlatformApp } from '../platform-app';

const TYPE = 'AWS::ElasticLoadBalancingV2::TargetGroup';

interface Template {
  readonly Resources?: Readonly<Record<string, { readonly Type: string }>>;
}

/** What the environment's load balancer does, read from its synthesized template. */
export function serviceTargetGroup(environment: PlatformConfig): TargetGroup {
  const outdir = mkdtempSync(path.join(os.tmpdir(), 'headroom-synth-'));
  try {
    const assembly = createPlatformApp({ environments: [environment], outdir }).synth();
    for (const stack of assembly.stacksRecursively) {
      const template = stack.template as Template;
      // A deployment that shifts traffic has a second, equal one.
      const id = Object.entries(template.Resources ?? {}).find(([, { Type }]) => Type === TYPE)?.[0];
      if (id !== undefined) return targetGroupOf(template, id);
    }
    throw new Error(`${environment.name} has no ${TYPE}: the local load balancer takes its behaviour from one`);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
