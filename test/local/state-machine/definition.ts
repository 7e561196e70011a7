/** A state machine, a branch of a Parallel state or the processor of a Map state. */
export interface Graph {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface StateMachineDefinition extends Graph {
  readonly QueryLanguage?: string;
  /** The execution ends as timed out when it takes longer. */
  readonly TimeoutSeconds?: number;
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

/** Where a rule leads to, and what it leaves behind on the way. */
export interface Rule {
  readonly Next: string;
  readonly Output?: unknown;
  readonly Assign?: Readonly<Record<string, unknown>>;
}

export interface Catcher extends Rule {
  readonly ErrorEquals: readonly string[];
}

export interface ChoiceRule extends Rule {
  readonly Condition: unknown;
}

/** The fields of all types of states; which of them a type has is in the specification: https://states-language.net */
export interface State {
  readonly Type: 'Task' | 'Pass' | 'Choice' | 'Wait' | 'Succeed' | 'Fail' | 'Parallel' | 'Map';
  readonly QueryLanguage?: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Arguments?: unknown;
  readonly Output?: unknown;
  readonly Assign?: Readonly<Record<string, unknown>>;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly Resource?: string;
  /** Seconds, or an expression for them. */
  readonly TimeoutSeconds?: unknown;
  readonly HeartbeatSeconds?: unknown;
  readonly Choices?: readonly ChoiceRule[];
  readonly Default?: string;
  readonly Seconds?: unknown;
  readonly Timestamp?: unknown;
  readonly Error?: unknown;
  readonly Cause?: unknown;
  readonly Branches?: readonly Graph[];
  readonly Items?: unknown;
  readonly ItemSelector?: unknown;
  readonly ItemProcessor?: Graph & { readonly ProcessorConfig?: { readonly Mode?: string } };
  readonly MaxConcurrency?: unknown;
}

/** A state with the way to it: `Outer[0]/Inner` is in the first branch of `Outer`. */
export interface PlacedState {
  readonly path: string;
  readonly state: State;
}

/** Every state of a graph, those of its inner graphs included. */
export function statesOf(graph: Graph, prefix = ''): readonly PlacedState[] {
  return Object.entries(graph.States).flatMap(([name, state]) => {
    const path = `${prefix}${name}`;
    const inner = [...(state.Branches ?? []), ...(state.ItemProcessor === undefined ? [] : [state.ItemProcessor])];
    return [{ path, state }, ...inner.flatMap((branch, index) => statesOf(branch, `${path}[${index}]/`))];
  });
}

/** Fields that change what a machine does and that are not played. */
const NOT_PLAYED = [
  'InputPath',
  'Parameters',
  'ResultSelector',
  'ResultPath',
  'OutputPath',
  'ItemReader',
  'ItemBatcher',
  'ResultWriter',
  'ToleratedFailureCount',
  'ToleratedFailurePercentage',
  'Credentials',
];

/** @throws Error with all that cannot be played: it would be played wrongly in silence otherwise */
export function assertPlayable(definition: StateMachineDefinition): void {
  const problems = statesOf(definition).flatMap(({ path, state }) => {
    const language = state.QueryLanguage ?? definition.QueryLanguage ?? 'JSONPath';
    return [
      ...(language === 'JSONata' ? [] : [`${path}: the query language must be JSONata, is ${language}`]),
      ...(state.ItemProcessor?.ProcessorConfig?.Mode === 'DISTRIBUTED' ? [`${path}: distributed maps`] : []),
      ...NOT_PLAYED.filter((field) => field in state).map((field) => `${path}: the field ${field}`),
    ];
  });
  if (problems.length > 0) throw new Error(`what cannot be played:\n${problems.map((one) => `  - ${one}`).join('\n')}`);
}

const TYPE = 'AWS::StepFunctions::StateMachine';

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '111111111111',
  'AWS::URLSuffix': 'amazonaws.com',
};

/**
 * The definition of a state machine in a synthesized template. What only a deployment knows becomes the name it has in
 * the template: `Ref` the logical id, `Fn::GetAtt` `<logical id>.<attribute>`.
 *
 * @param logicalId beginning of the machine's logical id; may be left out when the template has one machine
 */
export function definitionOf(template: unknown, logicalId = ''): StateMachineDefinition {
  const { Resources = {} } = template as { Resources?: Record<string, { Type: string; Properties: unknown }> };
  const found = Object.entries(Resources).filter(([id, { Type }]) => Type === TYPE && id.startsWith(logicalId));
  const [only] = found;
  if (only === undefined || found.length > 1) {
    const ids = found.map(([id]) => id).join(', ') || 'none';
    throw new Error(`the template must have one ${TYPE} whose logical id begins with '${logicalId}', it has ${ids}`);
  }
  const { DefinitionString } = only[1].Properties as { DefinitionString: unknown };
  return JSON.parse(textOf(DefinitionString)) as StateMachineDefinition;
}

function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [name, argument] = Object.entries(value)[0] ?? [];
  const list = Array.isArray(argument) ? argument : [];
  switch (name) {
    case 'Ref':
      return PSEUDO_PARAMETERS[String(argument)] ?? String(argument);
    case 'Fn::GetAtt':
      return list.map(textOf).join('.');
    case 'Fn::Join':
      return (list[1] as readonly unknown[]).map(textOf).join(String(list[0]));
    case 'Fn::GetStackOutput':
      return (argument as { OutputName: string }).OutputName;
    case 'Fn::ImportValue':
      return textOf(argument);
    default:
      throw new Error(`${name} in a definition is not read`);
  }
}
