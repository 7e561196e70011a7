import { Admission, type AdmissionLimits, type AdmissionState } from '../admission/admission';
import { CacheOverloadedError, type LoadContext } from './types';

/**
 * Bounds what reaches the source, whether or not there is a cache: a cache that goes away must not turn its hit rate
 * into database load.
 */
export class LoadGate {
  private readonly admission: Admission;
  private readonly inside = new WeakSet<LoadContext>();

  public constructor(limits: AdmissionLimits) {
    this.admission = new Admission(limits, CacheOverloadedError);
  }

  public get state(): AdmissionState {
    return this.admission.state;
  }

  /**
   * Runs `load` in a place of its own, or in the place of the load around it.
   * @throws CacheOverloadedError when it would wait behind too many, or has waited too long
   */
  public async run<T>(context: LoadContext, within: LoadContext | undefined, load: () => Promise<T>): Promise<T> {
    const marked = async (): Promise<T> => {
      this.inside.add(context);
      try {
        return await load();
      } finally {
        this.inside.delete(context);
      }
    };
    return within !== undefined && this.inside.has(within) ? marked() : this.admission.run(marked);
  }
}
