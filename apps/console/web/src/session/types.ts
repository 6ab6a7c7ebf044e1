// What the console's endpoints answer. Shapes of definitions are apigatewayv2's, the others those of docs/wire/extensions.md.

export interface Installation {
  region: string;
  account: string;
  plain: string;
  /** Null without a TLS listener. */
  tls: string | null;
}

export type Source = 'CONTROL_PLANE' | 'FILE' | 'CODE';

export interface ApiSummary {
  apiId: string;
  name: string;
  description?: string | null;
  routeSelectionExpression: string;
  source: Source;
  createdDate?: string | null;
  routeCount: number;
  stages: { stageName: string; isRunning: boolean; connectionCount: number }[];
}

export interface Page<T> {
  items: T[];
  /** Of all, whatever the page holds. */
  count: number;
  nextToken?: string;
}

export interface Route {
  routeId: string;
  routeKey: string;
  target?: string;
  authorizationType?: string;
  authorizerId?: string;
  routeResponseSelectionExpression?: string;
  modelSelectionExpression?: string;
  requestModels?: Record<string, string>;
}

export interface Integration {
  integrationId: string;
  integrationType: string;
  integrationUri?: string;
  timeoutInMillis?: number;
}

export interface Authorizer {
  authorizerId: string;
  name: string;
  authorizerType: string;
  identitySource?: string[];
}

export interface Throttling {
  throttlingRateLimit?: number;
  throttlingBurstLimit?: number;
}

export interface Stage {
  stageName: string;
  deploymentId?: string;
  autoDeploy?: boolean;
  description?: string;
  stageVariables?: Record<string, string>;
  defaultRouteSettings?: Throttling;
  routeSettings?: Record<string, Throttling>;
  isRunning: boolean;
  /** False where what runs is older than what is defined. */
  isCurrent: boolean;
  fault?: string | null;
  deployedDate?: string | null;
  connectionCount: number;
}

export interface ApiDetail {
  api: { apiId: string; name: string; routeSelectionExpression: string; description?: string; apiEndpoint: string };
  source: Source;
  routes: Route[];
  routeResponses: { routeId: string; routeResponseKey: string }[];
  integrations: Integration[];
  authorizers: Authorizer[];
  stages: Stage[];
  /** The last handshakes that asked for a stage which does not run, in their order. */
  strayHandshakes: StrayHandshake[];
}

export interface StrayHandshake {
  at: string;
  stageName: string;
  sourceIp: string;
}

export interface Connection {
  connectionId: string;
  connectedAt: string;
  lastActiveAt: string;
  sourceIp: string;
  userAgent?: string | null;
  principal?: string | null;
}

export type EventType = 'CONNECT' | 'MESSAGE' | 'DISCONNECT' | 'POST' | 'GET' | 'DELETE';

export type Outcome =
  | 'DONE'
  | 'NOT_AUTHORIZED'
  | 'REFUSED'
  | 'NO_ROUTE'
  | 'THROTTLED'
  | 'NOT_VALID'
  | 'MALFORMED'
  | 'TIMED_OUT'
  | 'UNREACHABLE'
  | 'NOT_POSSIBLE'
  | 'GONE'
  | 'FAILED';

export interface GatewayEvent {
  at: string;
  type: EventType;
  connectionId: string;
  requestId: string;
  outcome: Outcome;
  durationMs: number;
  routeKey?: string;
  reason?: 'OWN' | 'DEFAULT' | 'NONE';
  expression?: string;
  selected?: string;
  target?: string;
  error?: string;
  status?: number;
  closeCode?: number;
}

export interface EventPage {
  items: GatewayEvent[];
  /** Asks for what comes after. */
  next: string;
  /** How many were asked for and are no longer kept. */
  missed: number;
  /** The server has started anew since. */
  isRestarted: boolean;
}

export interface FunctionSettings {
  FunctionName: string;
  FunctionArn: string;
  Runtime: string;
  Handler: string;
  Role?: string;
  Timeout: number;
  MemorySize: number;
  CodeSize: number;
  LastModified: string;
  Description?: string;
  State: string;
}

export interface FunctionError {
  At: string;
  RequestId: string;
  ErrorType?: string;
  ErrorMessage?: string;
}

export interface FunctionActivity {
  FunctionName: string;
  Processes: number;
  ErrorCount: number;
  Errors: FunctionError[];
  Lines?: string[];
}

export interface FunctionPageAnswer {
  isOff: boolean;
  functions: FunctionSettings[];
  activity: FunctionActivity[];
  nextMarker: string | null;
}

export interface FunctionDetail {
  configuration: FunctionSettings;
  activity: FunctionActivity;
}
