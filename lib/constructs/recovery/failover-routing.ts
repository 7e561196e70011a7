import type { Call, Change, FailoverStep } from './failover-step';
import type { FailoverSubject } from './failover-subject';

const ROUTING = '$parse($states.result.Value)';

function routingCheck({ keyValueStoreArn }: FailoverSubject): Call {
  return {
    call: 'cloudfrontkeyvaluestore:getKey',
    arguments: { KvsARN: keyValueStoreArn, Key: 'routing' },
    assign: { routing: `{% ${ROUTING} %}` },
  };
}

/** One field of the key `routing` set, the others kept. The store takes a value only with the version that it has. */
export function routing(subject: FailoverSubject, text: string, field: string, value: string | boolean): Change {
  const KvsARN = subject.keyValueStoreArn;
  const wanted = JSON.stringify(value);
  return {
    text,
    calls: [
      {
        call: 'cloudfrontkeyvaluestore:describeKeyValueStore',
        arguments: { KvsARN },
        assign: { version: '{% $states.result.ETag %}' },
      },
      {
        call: 'cloudfrontkeyvaluestore:putKey',
        arguments: {
          KvsARN,
          Key: 'routing',
          Value: `{% $string($merge([$routing, {"${field}": ${wanted}}])) %}`,
          IfMatch: '{% $version %}',
        },
      },
    ],
    until: { ...routingCheck(subject), holds: `${ROUTING}.${field} = ${wanted}` },
  };
}

/** A graceful move is as long as nobody can write. */
export function freezing(subject: FailoverSubject): Change {
  const text = 'the edge answers 503 to writes (`"readOnly": true` in the key `routing`)';
  const change = routing(subject, text, 'readOnly', true);
  const since = '{% $mode = "graceful" and $tries = 0 ? $millis() : $since %}';
  return { ...change, until: { ...change.until, assign: { ...change.until.assign, since } } };
}

/** What a step wants that must not run while somebody writes. */
export function frozen(subject: FailoverSubject): FailoverStep['precondition'] {
  return {
    text: 'writes are frozen',
    check: { ...routingCheck(subject), holds: `${ROUTING}.readOnly = true` },
  };
}
