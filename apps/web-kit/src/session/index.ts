export type { WireMessage } from './chime.ts';
export { Connection, type ConnectionState, type Line, type LineEvents } from './connection.ts';
export { AppError, codeOf, passes } from './errors.ts';
export { type Pass, Passes } from './pass.ts';
