/** The server kit: what a service needs to answer calls. Clients import '@outsider/contracts' alone. */
export { type Call, type CallLogger } from './call.ts';
export { type FinishedCall } from './gatekeeper.ts';
export { bidiStreaming, clientStreaming, serverStreaming, unary } from './methods.ts';
export { startServer, type RunningServer, type ServedService, type ServerSettings } from './start-server.ts';
export { reportDefect } from './to-status.ts';
export { type Authenticate } from './token-cache.ts';
