import { createDatabase } from '../../../runtime/database';
import { effectOnce, jobHandler, sqsSource, startWorker, stopOnSignal } from '../../../runtime/jobs';
import { JOBS } from './counting-jobs';

// A real worker for `ten-thousand-jobs.test.ts`, to be killed: the effect of a job is one more row of `effects`.

const [port, queueUrl, deadLetterUrl] = process.argv.slice(2);
const database = createDatabase({
  credentials: { user: 'app_rw', database: 'app' },
  primary: { name: 'primary', host: '127.0.0.1', port: Number(port) },
  pool: { max: 8 },
});

const handle = jobHandler(JOBS, {
  count: async ({ id }) => {
    await effectOnce(database, id, async (transaction) => {
      await transaction.query('INSERT INTO effects (job_id) VALUES ($1)', [id]);
    });
  },
  explode: async () => {
    throw new Error('exploded');
  },
});

const worker = startWorker({
  source: sqsSource({ queueUrl: String(queueUrl), deadLetterUrl: String(deadLetterUrl), waitSeconds: 1 }),
  handle,
  onError: () => {},
  concurrency: 20,
  retry: { maxReceives: 10, baseSeconds: 0.2, capSeconds: 1 },
});
void stopOnSignal(worker).then((report) => {
  console.log(JSON.stringify(report));
  process.exit(0);
});
