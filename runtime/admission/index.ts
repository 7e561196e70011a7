export { type AdmissionLimits, type AdmissionState, OverloadedError } from './admission';
export { LoadShedder, type LoadShedderOptions } from './load-shedding';
