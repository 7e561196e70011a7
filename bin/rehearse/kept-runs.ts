import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Outcome, OutcomeTotals, Play, RehearsalPlan } from '../../analysis/rehearsal';

/**
 * Outcomes in a file, one line each, written as they come: a comparison that was interrupted goes on where it stopped, and
 * one with more seeds or contenders plays only what is new. A line counts while the plan, the trace and the program that
 * played it are the same.
 */
export class KeptRuns {
  private readonly known = new Map<string, OutcomeTotals>();
  private readonly hashes = new Map<string, string>();

  /** @param program the bundle that plays */
  public constructor(
    private readonly file: string,
    private readonly program: string,
  ) {
    if (!existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8').split('\n')) this.recall(line);
  }

  /** `play`, asked only for what is not in the file. */
  public around(play: (plan: RehearsalPlan, seed: number) => Promise<Outcome>): Play {
    return async (plan, seed) => {
      const key = this.keyOf(plan, seed);
      const known = this.known.get(key);
      if (known !== undefined) return known;
      const { rows: _rows, events: _events, ...totals } = await play(plan, seed);
      appendFileSync(this.file, `${JSON.stringify({ key, totals })}\n`);
      return totals;
    };
  }

  private recall(line: string): void {
    try {
      const { key, totals } = JSON.parse(line) as { key: string; totals: OutcomeTotals };
      const { worstWindow } = totals;
      // JSON has no infinity: a window without enough answers.
      const p95Ms = worstWindow.p95Ms ?? Number.POSITIVE_INFINITY;
      this.known.set(key, { ...totals, worstWindow: { ...worstWindow, p95Ms } });
    } catch {
      // The last line of a program that was stopped in the middle of it.
    }
  }

  private keyOf(plan: RehearsalPlan, seed: number): string {
    const { traffic } = plan;
    const parts = [this.hashOf(this.program), traffic.kind === 'trace' ? this.hashOf(traffic.file) : ''];
    return digest([...parts, String(seed), JSON.stringify(plan)].join('\n'));
  }

  private hashOf(file: string): string {
    const known = this.hashes.get(file);
    if (known !== undefined) return known;
    const hash = existsSync(file) ? digest(readFileSync(file)) : '';
    this.hashes.set(file, hash);
    return hash;
  }
}

function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
