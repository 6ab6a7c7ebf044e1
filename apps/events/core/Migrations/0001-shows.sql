-- Times are microseconds since 1970, UTC. Secrets (codes, links, cookies, keys) are kept as hashes only.

-- Whoever organises shows. Made on the command line; a removed account keeps its row, because the log names it.
create table account(
  key {Key},
  id text not null,
  name text not null,
  created bigint not null,
  removed bigint
);
create unique index account_id on account(id);
create unique index account_name on account(name) where removed is null;

-- state: 0 draft, 1 published, 2 ended, 3 archived, 4 cleared. The definition is what the organiser's form holds, in
-- JSON; title, times and capacity are repeated from it where queries need them.
create table show(
  key {Key},
  id text not null,
  slug text not null,
  title text not null,
  title_folded text not null,
  state smallint not null,
  version bigint not null,
  definition text not null,
  starts bigint,
  doors bigint,
  ends bigint,
  created bigint not null,
  updated bigint not null,
  sample smallint not null default 0,
  last_number bigint not null default 0
);
create unique index show_id on show(id);
create unique index show_slug on show(slug);
create index show_list on show(state, starts);
create index show_title on show(title_folded);

-- Counts of tickets; banned and revoked ones are not among the valid.
create table show_count(
  show bigint not null primary key,
  valid bigint not null default 0,
  revoked bigint not null default 0,
  banned bigint not null default 0,
  entered bigint not null default 0,
  provisioned bigint not null default 0
){Clustered};

-- What the platform holds for a show. state: 0 none, 1 preparing, 2 ready, 3 closed, 4 cleared.
create table stage(
  show bigint not null primary key,
  state smallint not null default 0,
  app_instance_arn text,
  admin_arn text,
  channel_arn text,
  elastic smallint not null default 0,
  flow_arn text,
  fan_role_arn text,
  staff_role_arn text,
  ready_at bigint
){Clustered};

-- state: 0 valid, 1 revoked, 2 banned. The user id is the ticket's on the platform: single use, and tells nothing.
-- A device is one browser; its tag is what the platform is to know of it. provisioned: the user exists and is a member.
-- platform_tag and platform_name: what the platform was told last. wanted: since when somebody waits for it to be provisioned.
create table ticket(
  show bigint not null,
  number bigint not null,
  user_id text not null,
  code_hash {Bytes} not null,
  tier text not null,
  holder text,
  holder_folded text,
  email text,
  reference text,
  state smallint not null default 0,
  reason text,
  until bigint,
  nickname text,
  nickname_folded text,
  device_hash {Bytes},
  device_name text,
  device_tag text,
  device_since bigint,
  lost_device_hash {Bytes},
  platform_tag text,
  platform_name text,
  wanted bigint,
  entered bigint,
  provisioned smallint not null default 0,
  sub_channel_id text,
  created bigint not null,
  primary key(show, number)
){Clustered};
create unique index ticket_code on ticket(show, code_hash);
create unique index ticket_user on ticket(user_id);
create index ticket_nickname on ticket(show, nickname_folded) where nickname_folded is not null;
create unique index ticket_reference on ticket(show, reference) where reference is not null;
create index ticket_state on ticket(show, state, number);
create index ticket_entered on ticket(show, number) where entered is not null;
create index ticket_holder on ticket(show, holder_folded) where holder_folded is not null;
create index ticket_device on ticket(device_hash) where device_hash is not null;
create index ticket_lost_device on ticket(lost_device_hash) where lost_device_hash is not null;
create index ticket_unprovisioned on ticket(show, number) where provisioned = 0;
create index ticket_wanted on ticket(wanted) where wanted is not null and provisioned = 0;
create index ticket_ban_ends on ticket(until) where until is not null;

-- Tickets whose user on the platform carries a tag or a name that is out of date; in the transaction that made it so.
create table user_sync(
  show bigint not null,
  number bigint not null,
  since bigint not null,
  primary key(show, number)
){Clustered};

-- What a nickname looks like, in up to three ways: no two tickets share one.
create table nickname_key(
  show bigint not null,
  look text not null,
  number bigint not null,
  primary key(show, look)
){Clustered};
create index nickname_key_of_ticket on nickname_key(show, number);

-- kind: 0 artist, 1 moderator.
create table staff(
  key {Key},
  id text not null,
  show bigint not null,
  name text not null,
  name_folded text not null,
  kind smallint not null,
  user_id text not null,
  provisioned smallint not null default 0,
  created bigint not null,
  removed bigint
);
create unique index staff_id on staff(id);
create unique index staff_user on staff(user_id);
create index staff_of_show on staff(show, key) where removed is null;

-- Links that sign in once, and the cookies that come of them: of an account or of a staff member.
create table sign_in_link(
  hash {Bytes} not null primary key,
  account bigint,
  staff bigint,
  expires bigint not null,
  used bigint
){Clustered};
create index sign_in_link_expires on sign_in_link(expires);

create table sign_in(
  hash {Bytes} not null primary key,
  account bigint,
  staff bigint,
  expires bigint not null
){Clustered};
create index sign_in_expires on sign_in(expires);
create index sign_in_staff on sign_in(staff) where staff is not null;
create index sign_in_account on sign_in(account) where account is not null;
create index sign_in_link_staff on sign_in_link(staff) where staff is not null;
create index sign_in_link_account on sign_in_link(account) where account is not null;

create table shop_key(
  hash {Bytes} not null primary key,
  show bigint not null,
  created bigint not null,
  removed bigint
){Clustered};
create index shop_key_of_show on shop_key(show);
