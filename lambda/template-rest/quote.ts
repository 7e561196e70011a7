/** What somebody wants to buy. */
export interface QuoteRequest {
  readonly lines: readonly { readonly priceCents: number; readonly quantity: number }[];
  /** Taken off the sum, 0 to 100. */
  readonly discountPercent: number;
}

/** The request cannot be answered as it is; `problems` say why, all of them. */
export class InvalidRequestError extends Error {
  public override readonly name = 'InvalidRequestError';

  public constructor(public readonly problems: readonly string[]) {
    super(problems.join('; '));
  }
}

/** @throws InvalidRequestError */
export function parseQuoteRequest(body: string | null | undefined): QuoteRequest {
  const given = parse(body);
  const { lines = [], discountPercent = 0 } = given as Partial<QuoteRequest>;
  const problems = [
    ...(Array.isArray(lines) && lines.length >= 1 && lines.length <= 100 ? [] : ['`lines` must be 1 to 100 rows']),
    ...(Array.isArray(lines) ? lines : []).flatMap((line: unknown, index) => lineProblems(line, index)),
    ...(inRange(discountPercent, 0, 100) ? [] : ['`discountPercent` must be between 0 and 100']),
  ];
  if (problems.length > 0) throw new InvalidRequestError(problems);
  return { lines, discountPercent };
}

/** The sum in cents, the discount rounded in favour of the buyer. */
export function quote({ lines, discountPercent }: QuoteRequest): { readonly totalCents: number } {
  const sum = lines.reduce((total, { priceCents, quantity }) => total + priceCents * quantity, 0);
  return { totalCents: sum - Math.ceil((sum * discountPercent) / 100) };
}

function parse(body: string | null | undefined): object {
  try {
    const parsed: unknown = JSON.parse(body ?? '');
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Not JSON: the same answer as for JSON that is no object.
  }
  throw new InvalidRequestError(['the body must be a JSON object']);
}

function lineProblems(line: unknown, index: number): string[] {
  const { priceCents, quantity } = (line ?? {}) as Record<string, unknown>;
  return [
    ...(Number.isInteger(priceCents) && inRange(priceCents, 0, 100_000_000)
      ? []
      : [`\`lines[${index}].priceCents\` must be a whole number from 0 to 100000000`]),
    ...(Number.isInteger(quantity) && inRange(quantity, 1, 1_000)
      ? []
      : [`\`lines[${index}].quantity\` must be a whole number from 1 to 1000`]),
  ];
}

function inRange(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max;
}
