/** Runs in the page of a dashboard: one plot per panel. Uses the global `uPlot` and the JSON in `#data`. */
export const DASHBOARD_SCRIPT = `
const { at, panels } = JSON.parse(document.getElementById('data').textContent);
const COLOURS = ['#1f6feb', '#d1242f', '#8250df', '#1a7f37', '#9a6700'];
const clock = (s) => String(Math.floor(s / 3600)).padStart(2, '0') + ':' + String(Math.floor(s / 60) % 60).padStart(2, '0');
const number = (value) => Math.abs(value) >= 1000 ? value / 1000 + 'k' : String(Math.round(value * 1000) / 1000);
const hosts = document.querySelectorAll('.panel');
for (const [index, { title, series, lines }] of panels.entries()) {
  // Single events would be invisible as lines.
  const sparse = series.every(({ values }) => values.every((value, i) => value === null || (values[i + 1] ?? null) === null));
  const thresholds = { hooks: { draw: [(u) => {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.strokeStyle = '#d1242f90';
    ctx.setLineDash([5, 4]);
    for (const line of lines) {
      const y = Math.round(u.valToPos(line, 'y', true));
      ctx.beginPath(); ctx.moveTo(bbox.left, y); ctx.lineTo(bbox.left + bbox.width, y); ctx.stroke();
    }
    ctx.restore();
  }] } };
  new uPlot({
    title, width: 390, height: 170, cursor: { show: false },
    scales: { x: { time: false }, y: { range: (u, min, max) => [0, 1.1 * Math.max(max ?? 0, ...lines) || 1] } },
    axes: [{ values: (u, ticks) => ticks.map(clock), size: 32, incrs: [600, 900, 1800, 3600, 7200, 14400] }, { values: (u, ticks) => ticks.map(number), size: 46 }],
    series: [{}, ...series.map(({ label }, i) => ({ label, stroke: COLOURS[i % COLOURS.length], width: 1.5, points: { show: sparse, size: 6 } }))],
    legend: { live: false },
    plugins: [thresholds],
  }, [at, ...series.map(({ values }) => values)], hosts[index]);
}
document.body.dataset.ready = 'yes';
`;
