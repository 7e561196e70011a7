import { LRUCache } from 'lru-cache';
import { type Analysis, classify } from './statement-classifier';

/** Statements of one application are few and come again and again. */
const REMEMBERED = 2_000;

/** Remembers what statements turned out to be, by analysis or by a replica's refusal. */
export class StatementAnalyzer {
  private readonly known = new LRUCache<string, Analysis>({ max: REMEMBERED });

  public analyze(sql: string): Analysis {
    const known = this.known.get(sql);
    if (known !== undefined) return known;
    const analysis = classify(sql);
    this.known.set(sql, analysis);
    return analysis;
  }

  /** A replica refused it: it writes, although it does not look like it. */
  public learnWrite(sql: string): void {
    this.known.set(sql, { kind: 'write', certain: false, reason: 'a replica refused it' });
  }
}
