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

-- Bots that are members and not hidden, and how many a channel has: most have none, and their messages ask no further.
create table channel_bot(
  channel bigint not null,
  person bigint not null,
  primary key(channel, person)
){Clustered};
alter table channel_head add column bots bigint not null default 0;

-- Messages that bots are still to be asked about. A row goes in the transaction that sends the bot's answer.
create table bot_call(
  position {Key},
  bot bigint not null,
  channel bigint not null,
  sequence bigint not null,
  due bigint not null,
  attempts bigint not null default 0
);
create index bot_call_due on bot_call(due, position);
