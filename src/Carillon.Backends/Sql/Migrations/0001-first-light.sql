-- Times are microseconds since 1970, UTC. Rows that clients name carry the id clients see; everything else refers by
-- key. What is deleted keeps its row until its remains are purged, so "deleted is null" guards every lookup.

create table app_instance(
  key {Key},
  id text not null,
  name text not null,
  metadata text,
  users bigint not null default 0,
  channels bigint not null default 0,
  admins bigint not null default 0,
  created bigint not null,
  updated bigint not null,
  deleted bigint
);
create unique index app_instance_id on app_instance(id) where deleted is null;

-- kind: 0 user, 1 bot. A deleted user's row stays as long as its app instance: its messages keep its name.
create table person(
  key {Key},
  app bigint not null,
  kind smallint not null,
  id text not null,
  name text,
  metadata text,
  memberships bigint not null default 0,
  expire_days bigint,
  expire_from smallint,
  expires bigint,
  created bigint not null,
  updated bigint not null,
  deleted bigint
);
create unique index person_id on person(app, kind, id) where deleted is null;
create index person_list on person(app, kind, key) where deleted is null;
create index person_of_app on person(app) where deleted is not null;
create index person_expires on person(expires) where expires is not null and deleted is null;

create table admin(
  app bigint not null,
  person bigint not null,
  created bigint not null,
  primary key(app, person)
){Clustered};
create index admin_person on admin(person);

create table channel(
  key {Key},
  app bigint not null,
  id text not null,
  name text not null,
  mode smallint not null,
  privacy smallint not null,
  metadata text,
  created_by bigint not null,
  expire_days bigint,
  expire_from smallint,
  expires bigint,
  created bigint not null,
  updated bigint not null,
  deleted bigint
);
create unique index channel_id on channel(app, id) where deleted is null;
create index channel_list on channel(app, privacy, key) where deleted is null;
create index channel_of_app on channel(app) where deleted is not null;
create index channel_expires on channel(expires) where expires is not null and deleted is null;

-- What moves with every event of a channel, apart from what seldom moves.
create table channel_head(
  channel bigint not null primary key,
  sequence bigint not null,
  last_message bigint,
  members bigint not null,
  moderators bigint not null,
  messages bigint not null
){Clustered};

-- last_targeted: of the last message that only this member and one other see.
create table member(
  channel bigint not null,
  person bigint not null,
  hidden smallint not null,
  invited_by bigint not null,
  read_marker bigint,
  last_targeted bigint,
  created bigint not null,
  updated bigint not null,
  primary key(channel, person)
){Clustered};
create index member_person on member(person, channel);

create table moderator(
  channel bigint not null,
  person bigint not null,
  created_by bigint not null,
  created bigint not null,
  primary key(channel, person)
){Clustered};
create index moderator_person on moderator(person, channel);

create table ban(
  channel bigint not null,
  person bigint not null,
  created_by bigint not null,
  created bigint not null,
  primary key(channel, person)
){Clustered};
create index ban_person on ban(person, channel);

-- The log. Positions rise over all events; a creation's place in the log is the message's own row, so that sending
-- writes one row. Both tables together hold the sequences 1, 2, 3, ... of every channel without a hole.
create table message(
  position bigint not null primary key,
  channel bigint not null,
  sequence bigint not null,
  id {Bytes} not null,
  type smallint not null,
  state smallint not null,
  sender bigint not null,
  target bigint,
  created bigint not null,
  updated bigint not null,
  edited bigint,
  content text,
  metadata text,
  attributes text,
  content_type text,
  format smallint not null default 1
);
create unique index message_sequence on message(channel, sequence);
create unique index message_id on message(id);

create table event(
  position bigint not null primary key,
  channel bigint not null,
  sequence bigint not null,
  kind smallint not null,
  at bigint not null,
  actor bigint,
  subject bigint,
  message_sequence bigint,
  detail text,
  format smallint not null default 1
);
create unique index event_sequence on event(channel, sequence);

-- The last position given out and the latest time stamped, one row: neither may come back when what carried it is purged.
create table log_head(
  position bigint not null,
  at bigint not null
);
insert into log_head(position, at) values (0, 0);

-- Keyed by day first, so that what is too old lies together and goes in one sweep.
create table request(
  day bigint not null,
  key {Bytes} not null,
  at bigint not null,
  fingerprint {Bytes} not null,
  result text not null,
  primary key(day, key)
){Clustered};

create table tag(
  resource text not null,
  name text not null,
  value text not null,
  primary key(resource, name)
){Clustered};

-- What deleted things have left behind. kind: 0 app instance, 1 person, 2 channel.
create table purge(
  position {Key},
  kind smallint not null,
  key bigint not null
);

-- Secrets of the installation, made at first start.
create table installation(
  name text not null primary key,
  value {Bytes} not null
);
