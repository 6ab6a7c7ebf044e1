import type { Installation } from './types.ts';

/** The same from a shell: lines that work as they are pasted. */
export function commands(place: Installation) {
  const endpoint = place.plain.replace(/\/$/, '');
  const aws = (service: string, rest: string) =>
    `aws ${service} ${rest} \\\n  --endpoint-url ${endpoint} --region ${place.region}`;
  const watch = (path: string) =>
    `curl --aws-sigv4 aws:amz:${place.region}:apigateway --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \\\n  '${endpoint}/carillon/gateway${path}'`;
  return {
    apis: aws('apigatewayv2', 'get-apis'),
    api: (api: string) => watch(`/apis/${segment(api)}`),
    routes: (api: string) => aws('apigatewayv2', `get-routes --api-id ${quoted(api)}`),
    connections: (api: string, stage: string) => watch(`/apis/${segment(api)}/stages/${segment(stage)}/connections`),
    events: (api: string, stage: string) => watch(`/apis/${segment(api)}/stages/${segment(stage)}/events`),
    post: (api: string, stage: string) =>
      `aws apigatewaymanagementapi post-to-connection --connection-id ID --data hello \\\n  --cli-binary-format raw-in-base64-out --endpoint-url ${endpoint}/ws/${segment(api)}/${segment(stage)} --region ${place.region}`,
    wscat: (api: string, stage: string) => `npx wscat -c ${socketOf(place, api, stage)}`,
    functions: aws('lambda', 'list-functions'),
    invoke: (name: string) =>
      aws(
        'lambda',
        `invoke --function-name ${quoted(name)} --payload '{}' --cli-binary-format raw-in-base64-out out.json`,
      ),
    firstApi: [
      aws(
        'apigatewayv2',
        "create-api --name echo --protocol-type WEBSOCKET \\\n  --route-selection-expression '$request.body.action'",
      ),
    ].join('\n'),
  };
}

/** The address of a stage's sockets, without TLS. */
export function socketOf(place: Pick<Installation, 'plain'>, api: string, stage: string): string {
  return `${place.plain.replace(/^http/, 'ws').replace(/\/$/, '')}/ws/${segment(api)}/${segment(stage)}`;
}

/** The address of a stage's sockets at the address that this page came from: a page of TLS may open no others. */
export function socketHere(api: string, stage: string, query: string): string {
  const rest = query ? `?${query.replace(/^\?/, '')}` : '';
  return `${location.origin.replace(/^http/, 'ws')}/ws/${segment(api)}/${segment(stage)}${rest}`;
}

const segment = (text: string) => encodeURIComponent(text).replace(/%24/g, '$');

/** For a shell: as it is where that is safe. */
export function quoted(text: string): string {
  return /^[\w.\-/]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
