/**
 * Runs in the report: one set of plots per scenario over one time axis, and a lane for every alarm and for the actions.
 * Dragging zooms all of them, a double click shows everything again. Uses the global `uPlot` and the JSON in `#data`.
 */
export const PAGE_SCRIPT = `
const scenarios = JSON.parse(document.getElementById('data').textContent);
const BLUE = '#1f6feb', RED = '#d1242f', PURPLE = '#8250df', GREEN = '#1a7f37', AMBER = '#bf8700';
const ACTIONS = { 'scale-out': GREEN, 'scale-in': BLUE, schedule: PURPLE, deployment: '#6e7781', fault: RED, replacement: '#bc4c00' };
const MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080, 20160];
const LANE = 18;
const clock = (s) => { const m = Math.floor(s / 60); return (m >= 1440 ? Math.floor(m / 1440) + 'd ' : '') + String(Math.floor(m / 60) % 24).padStart(2, '0') + ':' + String(m % 60).padStart(2, '0'); };
const fromZero = (u, min, max) => [0, Math.max(1, max * 1.1)];
const line = (label, key, stroke, more) => ({ key, series: { label, stroke, width: 1.5, spanGaps: true, ...more } });
const PLOTS = [
  { title: 'Load, requests/s', lines: [line('offered', 'rps', BLUE), line('not answered', 'failedRps', RED)] },
  { title: 'Tasks', step: true, bound: 'maxTasks', lines: [line('desired', 'desired', AMBER, { dash: [4, 3] }), line('running', 'running', BLUE)] },
  { title: 'Latency, ms', log: true, bound: 'objectiveMs', worst: true, lines: [line('p50', 'p50', GREEN), line('p95', 'p95', BLUE), line('p99', 'p99', PURPLE)] },
  { title: 'CPU, %', lines: [line('mean of the tasks', 'cpu', BLUE)] },
];

/** What is drawn over a plot: the actions as lines, its bound, and the worst five minutes. */
function overlay(plot, scenario) {
  return (u) => {
    const { ctx, bbox } = u;
    const x = (at) => u.valToPos(at, 'x', true);
    ctx.save();
    ctx.beginPath(); ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height); ctx.clip();
    if (plot.worst && scenario.worst) {
      ctx.fillStyle = scenario.worst.holds ? '#1a7f3718' : '#d1242f28';
      ctx.fillRect(x(scenario.worst.from), bbox.top, x(scenario.worst.to) - x(scenario.worst.from), bbox.height);
    }
    for (const { at, kind } of scenario.actions) stroke(ctx, ACTIONS[kind] + '70', [], [x(at), bbox.top, x(at), bbox.top + bbox.height]);
    if (plot.bound) {
      const y = u.valToPos(scenario[plot.bound], 'y', true);
      stroke(ctx, RED + '90', [6, 4], [bbox.left, y, bbox.left + bbox.width, y]);
    }
    ctx.restore();
  };
}

function stroke(ctx, colour, dash, [x1, y1, x2, y2]) {
  ctx.strokeStyle = colour; ctx.lineWidth = 1; ctx.setLineDash(dash);
  ctx.beginPath(); ctx.moveTo(Math.round(x1), Math.round(y1)); ctx.lineTo(Math.round(x2), Math.round(y2)); ctx.stroke();
}

/** A bar for the time that an alarm is in ALARM, in a lane of its own; the actions with what they did in the first lane. */
function lanes(scenario) {
  return (u) => {
    const { ctx, bbox } = u;
    const ratio = window.devicePixelRatio || 1;
    const height = bbox.height / (scenario.alarms.length + 1);
    const x = (at) => u.valToPos(at, 'x', true);
    ctx.save();
    ctx.beginPath(); ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height); ctx.clip();
    scenario.alarms.forEach(({ spans }, lane) => {
      ctx.fillStyle = AMBER + 'b0';
      for (const [from, to] of spans) ctx.fillRect(x(from), bbox.top + (lane + 1) * height + 3, Math.max(2, x(to) - x(from)), height - 6);
    });
    ctx.font = 11 * ratio + 'px system-ui, sans-serif'; ctx.textBaseline = 'middle'; ctx.textAlign = 'left';
    let free = -Infinity;
    for (const { at, kind, label } of scenario.actions) {
      const left = x(at);
      ctx.fillStyle = ACTIONS[kind];
      ctx.fillRect(left - 1, bbox.top, 2, height);
      if (left < free) continue;
      ctx.fillText(label, left + 4, bbox.top + height / 2);
      free = left + ctx.measureText(label).width + 10;
    }
    ctx.restore();
  };
}

function optionsOf(index, host, plots, plot) {
  return {
    title: plot.title, width: host.clientWidth, height: plot.height || 190,
    cursor: { sync: { key: 'scenario-' + index }, y: false },
    legend: { show: plot.lines.length > 0 },
    scales: { x: { time: false }, y: plot.range ? { range: plot.range } : plot.log ? { distr: 3 } : { range: fromZero } },
    axes: [{ values: (u, ticks) => ticks.map(clock), incrs: MINUTES.map((m) => m * 60), space: 60 }, { size: 210, font: '11px system-ui, sans-serif', ...plot.axis }],
    series: [{ label: 'time', value: (u, s) => (s == null ? '' : clock(s)) }, ...plot.lines.map(({ series }) => ({ ...series, ...(plot.step && { paths: uPlot.paths.stepped({ align: 1 }) }) }))],
    hooks: { draw: [plot.draw], setScale: [(u, key) => { if (key === 'x') for (const other of plots) zoom(other, u.scales.x); }] },
  };
}

function zoom(plot, { min, max }) {
  const { x } = plot.scales;
  if (x.min !== min || x.max !== max) plot.setScale('x', { min, max });
}

for (const [index, scenario] of scenarios.entries()) {
  const host = document.getElementById('plots-' + index);
  const plots = [];
  for (const plot of PLOTS) {
    const options = optionsOf(index, host, plots, { ...plot, draw: overlay(plot, scenario) });
    plots.push(new uPlot(options, [scenario.at, ...plot.lines.map(({ key }) => scenario[key])], host));
  }
  const count = scenario.alarms.length + 1;
  const names = ['actions', ...scenario.alarms.map(({ name }) => name)];
  const centres = names.map((_, lane) => count - lane - 0.5);
  plots.push(new uPlot(optionsOf(index, host, plots, {
    title: 'Alarms and actions', lines: [], height: 90 + count * LANE, range: [0, count], draw: lanes(scenario),
    axis: { splits: () => centres, values: () => names, grid: { show: false } },
  }), [scenario.at], host));
}
document.body.dataset.ready = 'yes';
`;
