/** Reads the CloudWatch dashboards of a cloud assembly, checks them, writes them for Grafana and draws them. */
export { dashboardPage } from './dashboard-page';
export { dashboardProblems } from './dashboard-problems';
export { grafanaDashboard } from './grafana';
export { readDashboard } from './read-dashboard';
