-- The processor of the channel's flow is asked by the channel.
create unique index stage_channel on stage(channel_arn) where channel_arn is not null;

-- What was said, as its sender wrote it, whatever became of it: for the desk, the log and the archive.
-- state: 0 sent, 1 held, 2 refused, 3 hidden (to be removed), 4 removed, 5 lost (the platform did not take the answer).
-- number: the ticket's; null for staff. masked: what was let pass in its place. sent: when the platform took it.
-- waits: it stands in the queue, held or reported. kept: staff have looked at what was reported and let it stand.
-- held: why it waited for a moderator. archived: what was never shown is in the archive, as it stands now.
create table said(
  key {Key},
  show bigint not null,
  message_id text not null,
  callback_id text not null,
  number bigint,
  user_id text not null,
  sub_channel_id text,
  text text not null,
  masked text,
  sent bigint not null,
  at bigint not null,
  state smallint not null,
  why text,
  waits smallint not null default 0,
  reports bigint not null default 0,
  kept smallint not null default 0,
  held text,
  archived smallint not null default 0
);
create unique index said_message on said(show, message_id);
create index said_waiting on said(show, key) where waits = 1;
create index said_held on said(at) where state = 1;
create index said_by on said(show, number, key) where number is not null;
create index said_waiting_of on said(show, number) where state = 1;
create index said_unarchived on said(show, key) where state in (2, 5) and archived = 0;

-- What the platform has yet to be told. kind: 0 the answer to a callback, 1 a redaction, 2 a ticket's ban as it is now.
-- A row goes once the platform has taken it. taken: a redaction may have gone out.
create table errand(
  key {Key},
  show bigint not null,
  kind smallint not null,
  number bigint,
  message_id text,
  callback_id text,
  sub_channel_id text,
  deny smallint not null default 0,
  content text,
  due bigint not null,
  asked bigint not null,
  tries bigint not null default 0,
  taken smallint not null default 0
);
create index errand_due on errand(due, key);
create unique index errand_answer on errand(callback_id) where kind = 0;
create index errand_message on errand(show, message_id) where message_id is not null;
create unique index errand_redaction on errand(show, message_id) where kind = 1;
create unique index errand_ban on errand(show, number) where kind = 2;

-- How a ticket has talked so far. last: when its last message that was not refused was sent; flood: up to when its
-- allowance is used; look: of its last text; repeats: how often it said that in a row, the first time at repeats_from.
create table talker(
  show bigint not null,
  number bigint not null,
  sent bigint not null default 0,
  last bigint not null default 0,
  flood bigint not null default 0,
  look bigint not null default 0,
  repeats bigint not null default 0,
  repeats_from bigint not null default 0,
  removed bigint not null default 0,
  timeout_until bigint,
  timeout_reason text,
  primary key(show, number)
){Clustered};
create index talker_timed_out on talker(show, number) where timeout_until is not null;

create table talk_count(
  show bigint not null primary key,
  sent bigint not null default 0,
  waiting bigint not null default 0,
  refused bigint not null default 0,
  removed bigint not null default 0
){Clustered};

create table report(
  show bigint not null,
  message_id text not null,
  number bigint not null,
  reason text,
  at bigint not null,
  primary key(show, message_id, number)
){Clustered};

create table pin(
  show bigint not null primary key,
  message_id text not null,
  user_id text not null,
  author text not null,
  kind text not null,
  text text not null
){Clustered};

-- Who did what at the desk. before: what an undo brings back, in JSON. undone: the entry that took this one back.
create table desk_log(
  key {Key},
  show bigint not null,
  at bigint not null,
  by_name text not null,
  staff bigint,
  act text not null,
  number bigint,
  message_id text,
  reason text,
  until bigint,
  before text,
  undone bigint
);
create index desk_log_show on desk_log(show, key);
create index desk_log_message on desk_log(show, message_id, key) where message_id is not null;
create index desk_log_person on desk_log(show, number, key) where number is not null;
