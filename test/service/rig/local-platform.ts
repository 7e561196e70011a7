import { type DataTier, LoadBalancer, type TargetGroup } from '../../local';
import { environmentOf, startServiceData } from './local-service';
import { type ServiceProcess, startService } from './service-process';

export interface LocalPlatformOptions {
  /** Processes of the service. */
  readonly services: number;
  readonly replicas: number;
  readonly items: number;
  readonly events: number;
  /** What the load balancer does; `none` to go without one. */
  readonly targetGroup: TargetGroup | 'none';
  /** More settings of the service. */
  readonly environment?: Readonly<Record<string, string>>;
  /** More settings of PostgreSQL. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Arguments for Node in front of the service's own. */
  readonly nodeArguments?: readonly string[];
}

/** The platform on this machine. */
export interface LocalPlatform {
  /** Where requests go: the load balancer, or the first process without one. */
  readonly url: string;
  readonly tier: DataTier;
  readonly services: readonly ServiceProcess[];
  /** Ends everything, in the order in which nothing is lost. */
  stop(): Promise<void>;
}

export async function startLocalPlatform(options: LocalPlatformOptions): Promise<LocalPlatform> {
  const { replicas, items, events, settings = {}, targetGroup } = options;
  const tier = await startServiceData({ replicas, items, events, settings });
  const started: ServiceProcess[] = [];
  let balancer: LoadBalancer | undefined;
  const stop = async (): Promise<void> => {
    await balancer?.stop();
    await Promise.all(started.map((service) => service.stop()));
    await tier.stop();
  };
  try {
    const environment = {
      ...environmentOf(tier),
      // The balancer adds an address of its own to X-Forwarded-For.
      TRUSTED_PROXIES: targetGroup === 'none' ? '1' : '2',
      ...options.environment,
    };
    const starts = Array.from({ length: options.services }, () => startService(environment, options.nodeArguments));
    for (const service of starts) started.push(await service);
    if (targetGroup !== 'none') {
      balancer = await LoadBalancer.launch({ targetGroup, targets: started.map(({ port }) => port) });
    }
    return { url: balancer?.url ?? started[0]?.url ?? '', tier, services: started, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
