-- Of a bot: how it is configured, JSON.
alter table person add column configuration text;

-- What is kept of an app instance's messages. retention_set: when that was last changed; null while it never was.
-- Messages created at retention_floor or before are gone for good, whatever the policy is now.
alter table app_instance add column retention_days bigint;
alter table app_instance add column retention_set bigint;
alter table app_instance add column retention_floor bigint not null default 0;
create index app_instance_retention on app_instance(retention_set) where retention_set is not null;

-- Where the messages of a channel begin: a row while it has any, with the time of the first.
create table history(
  channel bigint not null primary key,
  app bigint not null,
  oldest bigint not null
){Clustered};
create index history_oldest on history(app, oldest);
insert into history(channel, app, oldest)
  select m.channel, c.app, min(m.created) from message m join channel c on c.key = m.channel group by m.channel, c.app;

-- The last message that retention has deleted: its sequence, and when it was created. Up to there the log has holes.
alter table channel_head add column expired_sequence bigint not null default 0;
alter table channel_head add column expired_created bigint;
