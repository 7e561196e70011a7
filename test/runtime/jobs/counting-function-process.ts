import { createDatabase } from '../../../runtime/database';
import { effectOnce, handleSqsBatch, jobHandler, type SqsEvent, sqsSource } from '../../../runtime/jobs';
import { JOBS } from './counting-jobs';

// A real function for `lambda-jobs.test.ts`. Some of its batches crash it, before or after the effect of a job.

const { PORT = '', QUEUE_URL = '', DEAD_LETTER_URL = '' } = process.env;
const database = createDatabase({
  credentials: { user: 'app_rw', database: 'app' },
  primary: { name: 'primary', host: '127.0.0.1', port: Number(PORT) },
  pool: { max: 4 },
});
const source = sqsSource({ queueUrl: QUEUE_URL, deadLetterUrl: DEAD_LETTER_URL });

const mayCrash = (): void => {
  if (Math.random() < 0.005) process.exit(1);
};

const handle = jobHandler(JOBS, {
  count: async ({ id }) => {
    mayCrash();
    await effectOnce(database, id, async (transaction) => {
      await transaction.query('INSERT INTO effects (job_id) VALUES ($1)', [id]);
    });
    mayCrash();
  },
  explode: async () => {
    throw new Error('exploded');
  },
});

export const handler = (event: SqsEvent) =>
  handleSqsBatch(event, {
    source,
    handle,
    retry: { maxReceives: 8, baseSeconds: 0.2, capSeconds: 1 },
    signal: new AbortController().signal,
    onError: () => {},
  });
