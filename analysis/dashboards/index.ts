/** Reads the CloudWatch dashboards of a cloud assembly, checks them and writes them for Grafana. */
export { dashboardProblems } from './dashboard-problems';
export { grafanaDashboard } from './grafana';
export { readDashboard } from './read-dashboard';
