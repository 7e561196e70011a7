/**
 * Runs in the report: one set of plots per scenario over one time axis. Dragging zooms all of them, a double click shows
 * everything again. Uses the global `uPlot` and the JSON in `#data`.
 */
export const PAGE_SCRIPT = `
const scenarios = JSON.parse(document.getElementById('data').textContent);
const COLOURS = ['#1f6feb', '#d1242f', '#8250df', '#1a7f37', '#9a6700'];
const EVENTS = { alarm: '#9a6700', 'scale-out': '#1a7f37', 'scale-in': '#0969da', schedule: '#8250df', deployment: '#6e7781', fault: '#d1242f', replacement: '#bc4c00' };
const clock = (s) => { const m = Math.floor(s / 60); return (m >= 1440 ? Math.floor(m / 1440) + 'd ' : '') + String(Math.floor(m / 60) % 24).padStart(2, '0') + ':' + String(m % 60).padStart(2, '0'); };
const PLOTS = [
  { title: 'Load', unit: 'requests/s', series: [['offered', 'rps'], ['not answered', 'failedRps']] },
  { title: 'Tasks', unit: 'tasks', series: [['running', 'running'], ['desired', 'desired']], step: true },
  { title: 'Latency', unit: 'ms', series: [['p50', 'p50'], ['p95', 'p95'], ['p99', 'p99']], log: true },
  { title: 'CPU', unit: '%', series: [['mean of the tasks', 'cpu']] },
];
function marks(events) {
  return { hooks: { draw: [(u) => {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.lineWidth = 1;
    for (const event of events) {
      const x = Math.round(u.valToPos(event.at, 'x', true));
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.strokeStyle = EVENTS[event.kind] + '90';
      ctx.setLineDash(event.kind === 'alarm' ? [3, 3] : []);
      ctx.beginPath(); ctx.moveTo(x, bbox.top); ctx.lineTo(x, bbox.top + bbox.height); ctx.stroke();
    }
    ctx.restore();
  }] } };
}
for (const [index, scenario] of scenarios.entries()) {
  const host = document.getElementById('plots-' + index);
  const plots = [];
  let zooming = false;
  for (const plot of PLOTS) {
    const step = plot.step ? { paths: uPlot.paths.stepped({ align: 1 }) } : {};
    const options = {
      title: plot.title, width: host.clientWidth, height: 190,
      cursor: { sync: { key: 'scenario-' + index } },
      scales: { x: { time: false }, y: plot.log ? { distr: 3 } : { range: (u, min, max) => [0, Math.max(1, max * 1.1)] } },
      axes: [{ values: (u, ticks) => ticks.map(clock) }, { label: plot.unit, size: 60 }],
      series: [{ label: 'time', value: (u, s) => (s == null ? '' : clock(s)) }, ...plot.series.map(([label], at) => ({ label, stroke: COLOURS[at], width: 1.5, spanGaps: true, ...step }))],
      plugins: [marks(scenario.events)],
      hooks: { setScale: [(u, key) => {
        if (key !== 'x' || zooming) return;
        zooming = true;
        for (const other of plots) if (other !== u) other.setScale('x', { min: u.scales.x.min, max: u.scales.x.max });
        zooming = false;
      }] },
    };
    plots.push(new uPlot(options, [scenario.at, ...plot.series.map(([, key]) => scenario[key])], host));
  }
}
document.body.dataset.ready = 'yes';
`;
