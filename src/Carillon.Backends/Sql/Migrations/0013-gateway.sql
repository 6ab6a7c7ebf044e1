-- Parts of WebSocket APIs. kind: 0 API, 1 route, 2 route response, 3 integration, 4 integration response, 5 authorizer, 6 model,
-- 7 stage, 8 deployment. api is empty for the APIs themselves. parent: the route or integration of a response, else empty.
-- definition is the part in the shape of the control plane.
create table gateway_resource(
  key {Key},
  api text not null,
  kind smallint not null,
  parent text not null,
  id text not null,
  name text,
  definition text not null,
  created bigint not null,
  updated bigint not null
);
create unique index gateway_resource_id on gateway_resource(api, kind, parent, id);
create unique index gateway_resource_name on gateway_resource(api, kind, parent, name);
create index gateway_resource_place on gateway_resource(api, kind, parent, key);

-- Connections whose $disconnect is owed. owner: the run of the server that holds the socket.
create table gateway_connection(
  key {Key},
  id text not null unique,
  owner text not null,
  api text not null,
  stage text not null,
  connected bigint not null,
  detail text not null
);
