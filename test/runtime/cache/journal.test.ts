import { Journal } from '../../../runtime/cache/journal';

const tags = (...names: string[]) => ({ keys: [], tags: names });
const keys = (...names: string[]) => ({ keys: names, tags: [] });

test('tells whether a key or a tag was invalidated since a moment', () => {
  const journal = new Journal();
  journal.note(keys('a'));
  const since = journal.now;
  expect(journal.touched(since, 'a', ['t'])).toBe(false);
  journal.note(tags('t'));
  expect(journal.touched(since, 'a', [])).toBe(false);
  expect(journal.touched(since, 'a', ['u', 't'])).toBe(true);
  expect(journal.maybeTouched(since, 'a')).toBe(true);
  journal.note(keys('a'));
  expect(journal.touched(since, 'a', [])).toBe(true);
  expect(journal.touched(journal.now, 'a', ['t'])).toBe(false);
});

test('counts everything as touched once it was told so', () => {
  const journal = new Journal();
  const since = journal.now;
  journal.noteAll();
  expect(journal.touched(since, 'a', [])).toBe(true);
  expect(journal.touched(journal.now, 'a', [])).toBe(false);
});

test('counts what it no longer remembers as touched, for those who began before', () => {
  const journal = new Journal();
  const before = journal.now;
  for (let index = 0; index < 10_001; index++) journal.note(keys(`k${index}`));
  expect(journal.touched(before, 'other', [])).toBe(true);
  expect(journal.touched(journal.now - 5, 'other', [])).toBe(false);
});
