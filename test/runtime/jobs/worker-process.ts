import { type Message, sqsSource, startWorker, stopOnSignal } from '../../../runtime/jobs';

// A real worker for `worker.test.ts`: a message says how long its work takes, or that it never ends.

async function handle({ body }: Message, signal: AbortSignal): Promise<void> {
  console.log(JSON.stringify({ started: body }));
  const [, work] = body.split(':');
  if (work === 'crash') process.exit(1);
  if (work === 'fail') throw new Error('asked to fail');
  await new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('told to leave')), { once: true });
    if (work !== 'for-ever') setTimeout(resolve, Number(work));
  });
  console.log(JSON.stringify({ finished: body }));
}

const [queueUrl, deadLetterUrl, concurrency, graceMillis, waitSeconds] = process.argv.slice(2);
const worker = startWorker({
  source: sqsSource({
    queueUrl: String(queueUrl),
    deadLetterUrl: String(deadLetterUrl),
    waitSeconds: Number(waitSeconds),
  }),
  handle,
  onError: (error, doing) => console.log(JSON.stringify({ doing, error: String(error) })),
  concurrency: Number(concurrency),
  graceMillis: Number(graceMillis),
  heartbeatSeconds: 6,
  retry: { maxReceives: 2, baseSeconds: 60, capSeconds: 60 },
});

process.once('SIGTERM', () => console.log(JSON.stringify({ stopping: true })));
void stopOnSignal(worker).then((report) => {
  console.log(JSON.stringify(report));
  process.exit(0);
});
