import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  evaluateRequest,
  type LoggedRequest,
  readAccessLog,
  readDistribution,
  replayWebAcl,
} from '../../analysis/edge';
import { type Assembly, loadAssembly, type Resource } from '../../analysis/template';
import { createPlatformApp } from '../../bin/platform-app';
import { production } from '../../lib/config/production';
import { type Benchmark, type BenchRow, median } from './bench';

const REQUESTS = 100_000;
const CALLS = 20_000;
const RUNS = 5;

/** A log as AWS WAF writes it: 5,000 addresses, a fifth of the requests with keys, a few of them far too busy. */
function generateLog(): string {
  const tiers = ['free', 'standard', 'premium'];
  return Array.from({ length: REQUESTS }, (_, index) => {
    const hot = index % 7 === 0;
    const caller = hot ? index % 3 : (index * 2_654_435_761) % 5_000;
    const keyed = index % 5 === 0;
    const headers = keyed
      ? [
          { name: 'x-api-key', value: `key-${caller}` },
          { name: 'x-api-tier', value: tiers[caller % 3] },
        ]
      : [];
    return JSON.stringify({
      timestamp: 1_700_000_000_000 + index * 6,
      httpRequest: {
        clientIp: `198.51.${caller >> 8}.${caller & 255}`,
        country: 'DE',
        headers,
        uri: index % 11 === 0 ? '/api/session' : `/api/items/${caller}`,
        args: '',
        httpMethod: 'GET',
      },
    });
  }).join('\n');
}

function seconds(work: () => void): number {
  const times = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    work();
    return (performance.now() - start) / 1_000;
  });
  return median(times);
}

function only(assembly: Assembly, type: string, [property, value]: readonly string[] = []): Resource {
  const found = assembly
    .ofType(type)
    .find((resource) => property === undefined || resource.property(property) === value);
  if (found === undefined) throw new Error(`no ${type} in ${assembly.source}`);
  return found;
}

function productionAssembly(): Assembly {
  const outdir = mkdtempSync(path.join(tmpdir(), 'headroom-bench-'));
  try {
    process.env['CDK_VALIDATION'] = 'false';
    createPlatformApp({ environments: [production], outdir }).synth();
    return loadAssembly(outdir);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** A log through production's web ACL, and requests through its distribution with the real edge function. */
export const edgeBenchmark: Benchmark = {
  name: 'edge',
  description: `replay of ${REQUESTS.toLocaleString('en')} requests through the web ACL; one request through the distribution`,
  run(progress): Promise<readonly BenchRow[]> {
    progress('synthesizing production');
    const assembly = productionAssembly();
    const acl = only(assembly, 'AWS::WAFv2::WebACL', ['Scope', 'CLOUDFRONT']);
    const distribution = readDistribution(only(assembly, 'AWS::CloudFront::Distribution'));
    const text = generateLog();
    progress('replaying');
    let log: readonly LoggedRequest[] = [];
    const reading = seconds(() => {
      log = readAccessLog(text);
    });
    const replaying = seconds(() => replayWebAcl(acl, log));
    const floor = seconds(() => {
      for (const line of text.split('\n')) JSON.parse(line);
    });
    const request = seconds(() => {
      for (let index = 0; index < CALLS; index += 1)
        evaluateRequest(distribution, { url: `/api/items?limit=${index}&x=1` });
    });
    return Promise.resolve([
      {
        name: `read and replay ${REQUESTS} requests`,
        figure: reading + replaying,
        reference: { name: 'limit of the project', figure: 5 },
        unit: 's',
        goal: { atMost: 1 },
        runs: RUNS,
      },
      {
        name: `read and replay ${REQUESTS} requests`,
        figure: reading + replaying,
        reference: { name: 'JSON.parse of the log alone', figure: floor },
        unit: 's',
        runs: RUNS,
      },
      {
        name: 'one request through behaviour, function and key',
        figure: (request / CALLS) * 1_000,
        reference: { name: "CloudFront Functions' own millisecond", figure: 1 },
        unit: 'ms',
        goal: { atMost: 1 },
        runs: RUNS,
      },
    ]);
  },
};
