// Loaded before the service: notes how late its event loop runs, and writes it down when the process ends.
const { writeFileSync } = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
process.on('exit', () => {
  const ms = (nanoseconds) => nanoseconds / 1e6;
  const [p50, p95, p99] = [50, 95, 99].map((percentile) => ms(delay.percentile(percentile)));
  writeFileSync(
    process.env.EVENT_LOOP_FILE,
    JSON.stringify({ mean: ms(delay.mean), p50, p95, p99, max: ms(delay.max) }),
  );
});
