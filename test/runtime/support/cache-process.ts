import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { Answer, Question, WorkerOptions } from './cache-worker';

type Result<K extends Question['kind']> = Extract<Answer, { kind: K }>;

/** A process of its own with a cache of its own, which does what it is asked. */
export interface CacheProcess {
  ask<K extends Question['kind']>(question: Extract<Question, { kind: K }>): Promise<Result<K>>;
  stop(): Promise<void>;
}

/** Starts `count` processes that share one server and resolves when all hear each other. */
export async function startProcesses(count: number, options: WorkerOptions): Promise<CacheProcess[]> {
  const processes = await Promise.all(Array.from({ length: count }, () => start(options)));
  return processes;
}

async function start(options: WorkerOptions): Promise<CacheProcess> {
  const child = fork(path.resolve('test/runtime/support/cache-worker.ts'), [JSON.stringify(options)], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let questions = 0;
  const ask = <K extends Question['kind']>(question: Extract<Question, { kind: K }>): Promise<Result<K>> => {
    const number = ++questions;
    const answer = reply<Result<K>>(child, number);
    child.send({ number, question });
    return answer;
  };
  await reply(child, 0);
  return {
    ask,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await exited;
    },
  };
}

function reply<T>(child: ChildProcess, number: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const exit = (code: number | null): void => reject(new Error(`the process ended with ${code}`));
    const listen = (message: { number: number; answer?: T; error?: string }): void => {
      if (message.number !== number) return;
      child.off('message', listen);
      child.off('exit', exit);
      if (message.error === undefined) resolve(message.answer as T);
      else reject(new Error(message.error));
    };
    child.on('message', listen);
    child.once('exit', exit);
  });
}
