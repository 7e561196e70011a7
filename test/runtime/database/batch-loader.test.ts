import { setImmediate as nextTurn } from 'node:timers/promises';
import { BatchLoader } from '../../../runtime/database';

function loader(maxBatch?: number): { loader: BatchLoader<number, string>; loads: number[][] } {
  const loads: number[][] = [];
  const load = async (keys: readonly number[]) => {
    loads.push([...keys]);
    return new Map(keys.filter((key) => key < 100).map((key) => [key, `value ${key}`]));
  };
  return { loads, loader: new BatchLoader({ load, ...(maxBatch === undefined ? {} : { maxBatch }) }) };
}

test('fetches what is asked for in one turn in one round trip, each key once', async () => {
  const { loader: each, loads } = loader();
  const values = await Promise.all([each.get(1), each.get(2), each.get(1), Promise.resolve().then(() => each.get(3))]);
  expect(values).toEqual(['value 1', 'value 2', 'value 1', 'value 3']);
  expect(loads).toEqual([[1, 2, 3]]);
});

test('answers in the order of the keys, with nothing for a key that has no value', async () => {
  const { loader: each } = loader();
  expect(await each.getAll([5, 200, 4])).toEqual(['value 5', undefined, 'value 4']);
});

test('splits more keys than fit in one round trip', async () => {
  const { loader: each, loads } = loader(2);
  await each.getAll([1, 2, 3, 4, 5]);
  expect(loads).toEqual([[1, 2], [3, 4], [5]]);
});

test('asks again in a later turn: it is no cache', async () => {
  const { loader: each, loads } = loader();
  await each.get(1);
  await nextTurn();
  await each.get(1);
  expect(loads).toEqual([[1], [1]]);
});

test('fails every caller of a round trip that fails, also when it throws at once', async () => {
  const each = new BatchLoader<number, string>({
    load: () => {
      throw new Error('no connection');
    },
  });
  const answers = await Promise.allSettled([each.get(1), each.get(2)]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
