import { type CpuProfile, callTree, flameGraph, hottest } from '../../bin/profile/flame-graph';
import { loggedStatements, repeatedStatements, summarizeStatements } from '../../bin/profile/statements';

const LOG = `2026-11-21 06:00:00.000 UTC [1] LOG:  duration: 1.500 ms  execute <unnamed>: SELECT id
\tFROM items WHERE category = $1
2026-11-21 06:00:00.000 UTC [1] DETAIL:  parameters: $1 = 'it''s', $2 = NULL
2026-11-21 06:00:00.100 UTC [2] LOG:  duration: 0.100 ms  bind <unnamed>: SELECT 1
2026-11-21 06:00:01.000 UTC [1] LOG:  duration: 2.500 ms  execute named: SELECT id FROM items WHERE category = $1
2026-11-21 06:00:01.000 UTC [1] DETAIL:  parameters: $1 = 'books'
2026-11-21 06:00:02.000 UTC [3] ERROR:  something else
`;

test('statements are read from a log, over lines, with their parameters', () => {
  expect(loggedStatements(LOG)).toEqual([
    { sql: 'SELECT id FROM items WHERE category = $1', milliseconds: 1.5, params: ["it's", null] },
    { sql: 'SELECT id FROM items WHERE category = $1', milliseconds: 2.5, params: ['books'] },
  ]);
  expect(summarizeStatements(loggedStatements(LOG))).toEqual([
    {
      sql: 'SELECT id FROM items WHERE category = $1',
      calls: 2,
      totalMs: 4,
      meanMs: 2,
      maxMs: 2.5,
      slowestParams: ['books'],
    },
  ]);
});

test('a statement three times in one request is an N+1, two are not', () => {
  const run = { sql: 'SELECT 1', milliseconds: 1, params: [] };
  expect(repeatedStatements('page', [run, run])).toEqual([]);
  expect(repeatedStatements('page', [run, run, run])).toEqual([{ request: 'page', sql: 'SELECT 1', times: 3 }]);
});

const frame = (functionName: string) => ({ functionName, url: 'file:///x/server.js', lineNumber: 9 });

const PROFILE: CpuProfile = {
  nodes: [
    { id: 1, callFrame: { functionName: '(root)', url: '', lineNumber: 0 }, children: [2, 3] },
    { id: 2, callFrame: frame('outer'), children: [4] },
    { id: 3, callFrame: { functionName: '(idle)', url: '', lineNumber: 0 } },
    { id: 4, callFrame: frame('<inner>') },
  ],
  samples: [2, 4, 4, 3],
  timeDeltas: [1000, 2000, 3000, 50_000],
};

test('the tree of calls adds up without the idle time, and the graph shows it', () => {
  const root = callTree(PROFILE);
  expect(root).toMatchObject({
    name: 'all',
    totalMs: 6,
    children: [{ name: 'outer server.js:10', selfMs: 1, totalMs: 6 }],
  });
  expect(hottest(root, 1)).toEqual([{ name: '<inner> server.js:10', selfMs: 5 }]);
  const graph = flameGraph(root);
  expect(graph.match(/class="frame"/g)).toHaveLength(3);
  expect(graph).toContain('&lt;inner&gt; server.js:10: 5 ms, 83.3 %');
});
