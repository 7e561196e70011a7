/** A record of a Kinesis stream, as Lambda hands it over. */
export interface StreamRecord {
  readonly kinesis: { readonly sequenceNumber: string; readonly partitionKey: string; readonly data: string };
}

/** What Lambda is told: from which record on it must come again. */
export interface BatchResult {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export interface ApplyDeps {
  /** Does what a record asks for. It may be asked again for the same record. */
  readonly apply: (value: unknown) => Promise<void>;
  /** Hears of a record that nobody can read, and that is passed over: it would hold up its shard for a day. */
  readonly unreadable: (record: StreamRecord) => void;
}

/**
 * Applies records one after the other, and stops at the first that fails: Lambda comes again with it and all after it,
 * so the order within a shard holds. https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
export async function applyInOrder(records: readonly StreamRecord[], deps: ApplyDeps): Promise<BatchResult> {
  for (const record of records) {
    const read = decode(record);
    if (read === undefined) {
      deps.unreadable(record);
      continue;
    }
    try {
      await deps.apply(read.value);
    } catch {
      return { batchItemFailures: [{ itemIdentifier: record.kinesis.sequenceNumber }] };
    }
  }
  return { batchItemFailures: [] };
}

function decode({ kinesis: { data } }: StreamRecord): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(Buffer.from(data, 'base64').toString()) };
  } catch {
    return undefined;
  }
}
