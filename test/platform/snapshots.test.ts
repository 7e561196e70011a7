import { readSnapshots, snapshotsOf } from '../../bin/shared/snapshots';
import { synthesizePlatform } from './synthesized';

const kept = readSnapshots();
const now = snapshotsOf(synthesizePlatform().assembly);

test('there is one snapshot per stack and environment, and no other', () => {
  expect([...kept.keys()].sort()).toEqual([...now.keys()].sort());
});

test.each([...now.keys()])('%s is what was last reviewed (npm run snapshots accepts a change)', (file) => {
  // Compared as objects: Jest then shows the properties that differ.
  expect(JSON.parse(now.get(file) ?? '')).toEqual(JSON.parse(kept.get(file) ?? '{}'));
});
