-- type: 0 APNS, 1 APNS_SANDBOX, 2 GCM. state: 0 active, else why not. Tokens are secrets.
create table endpoint(
  key {Key},
  app bigint not null,
  person bigint not null,
  id text not null,
  type smallint not null,
  resource text not null,
  name text,
  token text not null,
  voip_token text,
  allow smallint not null,
  state smallint not null,
  created bigint not null,
  updated bigint not null
);
create unique index endpoint_id on endpoint(id);
create index endpoint_person on endpoint(person, key);
create index endpoint_app on endpoint(app);

-- What the member wants to be told on its devices.
alter table member add column notify smallint;
alter table member add column filter text;

-- Members who had a device when they joined or have registered one since; some may have none any more. A push asks these
-- alone, so that a large channel without devices costs it nothing.
create table reachable(
  channel bigint not null,
  person bigint not null,
  primary key(channel, person)
){Clustered};

-- Users whose memberships are being marked as reachable, and the last channel that was.
create table reaching(
  person bigint not null primary key,
  channel bigint not null
){Clustered};

-- The outbox: messages whose pushes are not all handed over. after_person and after_endpoint: the last who had it.
create table push(
  position {Key},
  channel bigint not null,
  message {Bytes} not null,
  sender bigint not null,
  target bigint,
  title text,
  body text,
  voip smallint not null,
  attributes text,
  created bigint not null,
  due bigint not null,
  attempts bigint not null,
  after_person bigint not null,
  after_endpoint bigint not null
);
create index push_message on push(channel, message);
create index push_due on push(due, position);
