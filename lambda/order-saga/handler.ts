import { type SagaStep, type StepInput, takeStep } from '../../service/src/orders/saga-steps';
import { backgroundDatabase } from '../shared/background-database';

const database = backgroundDatabase();

/** Takes one step of an order's saga; what it throws is named in the state machine. */
export const handler = ({ step, ...input }: StepInput & { readonly step: SagaStep }) => takeStep(database, step, input);
