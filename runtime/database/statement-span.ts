import { type Span, SpanKind } from '@opentelemetry/api';
import { childSpan } from '../telemetry/spans';
import type { Server } from './server';
import { head } from './statement-head';

/**
 * The span of a statement, by the conventions for databases, when its request is traced. It has the first words of the
 * statement and never its parameters, which may be secret.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/database/postgresql/
 */
export function statementSpan({ name, address, role, database }: Server, sql: string): Span | undefined {
  return childSpan(sql.trimStart().slice(0, 20).split(/\s/, 1)[0]?.toUpperCase() ?? 'SQL', {
    kind: SpanKind.CLIENT,
    attributes: {
      'db.system.name': 'postgresql',
      'db.namespace': database,
      'db.query.summary': head(sql),
      'server.address': address.host,
      'headroom.server': name,
      'headroom.role': role,
    },
  });
}
