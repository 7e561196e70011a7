import { DASHBOARD_NAMES, type ObservabilitySettings } from '../../constructs/observability/observability-settings';
import { boolean, list, noneOr, oneOf, shape } from '../checks';
import { emails, seconds } from './values';

export const observability = shape<ObservabilitySettings>({
  pageEmails: noneOr(emails),
  ticketEmails: noneOr(emails),
  quietDuringDeployments: boolean,
  dashboards: list(oneOf(...DASHBOARD_NAMES), 0, DASHBOARD_NAMES.length),
  canary: noneOr(shape<Exclude<ObservabilitySettings['canary'], 'none'>>({ every: seconds(60, 3600) })),
  serviceLevelObjectives: oneOf('application-signals', 'none'),
});
