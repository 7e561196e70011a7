/** What was given to the cost model cannot be used: names the file or flag, the rule, the value and the way out. */
export class CostInputError extends Error {
  public override readonly name = 'CostInputError';
}
