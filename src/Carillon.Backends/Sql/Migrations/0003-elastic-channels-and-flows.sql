-- A channel with elastic_most is elastic: its members and messages live in sub-channels. flow: what its messages pass
-- before anyone sees them.
alter table channel add column elastic_most bigint;
alter table channel add column elastic_target bigint;
alter table channel add column elastic_least bigint;
alter table channel add column flow bigint;
create index channel_of_flow on channel(flow, key) where flow is not null and deleted is null;

-- processors is JSON.
create table channel_flow(
  key {Key},
  app bigint not null,
  id text not null,
  name text not null,
  processors text not null,
  created bigint not null,
  updated bigint not null
);
create unique index channel_flow_id on channel_flow(app, id);
