import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { saturate } from '../load/closed-loop';
import type { LoadResult } from '../load/load-result';
import { runOpenLoop } from '../load/open-loop';
import { type RequestKind, requestMix, SAMPLE } from '../load/request-mix';
import { containerNodeOptions } from '../service/rig/container-options';
import { type LocalPlatform, startLocalPlatform } from '../service/rig/local-platform';
import { type Benchmark, type BenchRow, median } from './bench';

const ROUNDS = 5;
const ROUND_SECONDS = 3;
const USERS = 1_000;
const STRESS_USERS = 2_000;
const OPEN_SECONDS = 15;
const LIMIT_MIB = 512;

/** One item, over and over: after the first request it is in every tier. */
const oneItem: RequestKind = {
  name: 'item',
  percent: 100,
  cached: true,
  needsSession: false,
  next: () => ({ method: 'GET', path: '/api/items/5' }),
};

/** The reference service on a primary, two replicas and a cache, all on this machine. */
export const serviceBenchmark: Benchmark = {
  name: 'service',
  description: 'the reference service: cost of its plugins, capacity of one task, latency under open-loop load, memory',
  run: async (progress) => {
    const platform = await startLocalPlatform({
      services: 1,
      replicas: 2,
      items: SAMPLE.items,
      events: 5 * SAMPLE.items,
      targetGroup: 'none',
      environment: { LOG_LEVEL: 'info' },
    });
    try {
      return [...(await againstBareServer(platform, progress)), ...(await underLoad(platform, progress))];
    } finally {
      await platform.stop();
    }
  },
};

interface Round {
  readonly perSecond: number;
  /** Requests for each second of the server's CPU time: what one core can do when it has nothing else to do. */
  readonly perCpuSecond: number;
}

async function againstBareServer(platform: LocalPlatform, progress: (text: string) => void): Promise<BenchRow[]> {
  const body = await (await fetch(`${platform.url}/api/items/5`)).text();
  const bare = await startBareServer(platform.tier.cache.url, body);
  const service = { url: platform.url, pid: platform.services[0]?.pid ?? 0 };
  const rounds: { service: Round; bare: Round }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({ bare: await oneRound(bare, round), service: await oneRound(service, round) });
    const { service: ours, bare: theirs } = rounds.at(-1) ?? { service: NONE, bare: NONE };
    progress(`round ${round + 1}: ${ours.perSecond.toFixed(0)} against ${theirs.perSecond.toFixed(0)} requests/s`);
  }
  bare.stop();
  const row = (name: string, unit: string, figure: keyof Round): BenchRow => ({
    name,
    unit,
    runs: ROUNDS,
    figure: median(rounds.map(({ service: ours }) => ours[figure])),
    reference: { name: 'bare HTTP, one cache GET', figure: median(rounds.map(({ bare: theirs }) => theirs[figure])) },
    goal: { atLeast: 0.6 },
  });
  return [
    row('cached item, production plugins', 'requests/s', 'perSecond'),
    row('cached item, production plugins', 'requests/CPU second', 'perCpuSecond'),
  ];
}

const NONE: Round = { perSecond: 0, perCpuSecond: 0 };

async function oneRound({ url, pid }: { url: string; pid: number }, seed: number): Promise<Round> {
  let begin = 0;
  let used = 0;
  const { requestsPerSecond, requests, failed } = await saturate({
    target: url,
    connections: 64,
    usersPerConnection: 100,
    kinds: [oneItem],
    seconds: ROUND_SECONDS,
    seed,
    onBegin: () => {
      begin = cpuSeconds(pid);
    },
    onEnd: () => {
      used = cpuSeconds(pid) - begin;
    },
  });
  if (failed > 0) throw new Error(`${failed} of ${requests} requests failed: the round measured refusals`);
  return { perSecond: requestsPerSecond, perCpuSecond: requests / used };
}

async function underLoad(platform: LocalPlatform, progress: (text: string) => void): Promise<BenchRow[]> {
  const pid = platform.services[0]?.pid ?? 0;
  const kinds = requestMix;
  const closed = { target: platform.url, connections: 128, usersPerConnection: 12, kinds };
  // What is measured is a service that has been running for a while: caches warm, code compiled.
  await saturate({ ...closed, seconds: 5, seed: 3 });
  let begin = 0;
  let used = 0;
  const full = await saturate({
    ...closed,
    seconds: 8,
    seed: 1,
    onBegin: () => {
      begin = cpuSeconds(pid);
    },
    onEnd: () => {
      used = cpuSeconds(pid) - begin;
    },
  });
  const perCore = full.requests / used;
  progress(
    `the mix saturates at ${full.requestsPerSecond.toFixed(0)} requests/s, ${perCore.toFixed(0)} for each CPU second, ${full.failed} failed`,
  );

  const run = async (
    name: string,
    rate: number,
    connections: number,
  ): Promise<{ name: string; result: LoadResult }> => {
    const stages = [{ seconds: OPEN_SECONDS, from: rate, to: rate }];
    const result = await runOpenLoop({
      profile: name,
      target: platform.url,
      stages,
      connections,
      kinds,
      seed: 2,
      timeoutSeconds: 30,
    });
    progress(`${name}: p95 ${result.latency.p95?.toFixed(1)} ms, ${result.failed} of ${result.requests} failed`);
    return { name, result };
  };
  const runs = [
    await run(`${USERS} users, one request/s each`, USERS, USERS),
    await run('70 % of saturation', 0.7 * full.requestsPerSecond, USERS),
  ];
  const stress = await run(`${STRESS_USERS} connections`, 0.7 * full.requestsPerSecond, STRESS_USERS);
  return [
    {
      name: 'capacity of one task at one core, request mix',
      figure: perCore,
      reference: { name: 'saturation on this machine', figure: full.requestsPerSecond },
      unit: 'requests/s',
      runs: 1,
    },
    ...runs.flatMap(({ name, result }) => [
      latency(`${name}: p95 cached`, result.cachedLatency.p95, 100),
      latency(`${name}: p95 all`, result.latency.p95, 200),
    ]),
    {
      name: `${stress.name}: failed requests`,
      figure: stress.result.failed,
      reference: { name: 'requests', figure: stress.result.requests },
      unit: 'requests',
      goal: { atMost: 0 },
      runs: 1,
    },
    {
      name: 'memory of the service after all of it',
      figure: residentMib(pid),
      reference: { name: 'limit', figure: LIMIT_MIB },
      unit: 'MiB',
      goal: { atMost: 1 },
      runs: 1,
    },
  ];
}

function latency(name: string, p95: number | null, limit: number): BenchRow {
  const figure = p95 ?? Number.POSITIVE_INFINITY;
  return { name, figure, reference: { name: 'objective', figure: limit }, unit: 'ms', goal: { atMost: 1 }, runs: 1 };
}

async function startBareServer(cacheUrl: string, body: string) {
  const child = spawn(process.execPath, [path.resolve('test/bench/bare-cache-server.mjs')], {
    // The same memory settings as the service: the peer must not lose by them.
    env: { ...process.env, NODE_OPTIONS: containerNodeOptions, CACHE_URL: cacheUrl, BODY: body },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const [port] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  return {
    url: `http://127.0.0.1:${port.toString().trim()}`,
    pid: child.pid ?? 0,
    stop: () => child.disconnect(),
  };
}

/** CPU time that a process has used so far: fields 14 and 15 of /proc/<pid>/stat, in clock ticks of a hundredth second. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function residentMib(pid: number): number {
  const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}
