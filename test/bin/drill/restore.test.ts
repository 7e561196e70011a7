import { corruptedBackup } from '../../../bin/drill/corrupted-backup';
import { tableDeleted } from '../../../bin/drill/table-deleted';
import { writerLost } from '../../../bin/drill/writer-lost';

// Real servers.
jest.setTimeout(180_000);

const context = { tell: () => {}, random: () => 0.4 };

test('a dropped table comes back as it was just before, and nothing that came later', async () => {
  const { problems, measured } = await tableDeleted.local(context);
  expect(problems).toEqual([]);
  expect(measured).toMatchObject({ rows: 760, expected: 760 });
});

test('a damaged backup restores, and is refused with what differs', async () => {
  const { problems, measured } = await corruptedBackup.local(context);
  expect(problems).toEqual([]);
  expect(measured['difference']).toContain('table public.orders has 500 rows whose content differs');
});

test('a reader takes over from a lost writer, and nothing that was acknowledged is lost', async () => {
  const { problems, measured } = await writerLost.local(context);
  expect(problems).toEqual([]);
  expect(measured['lost']).toBe(0);
});
