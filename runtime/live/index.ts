export { type Admission, LiveServer, type LiveServerOptions } from './live-server';
