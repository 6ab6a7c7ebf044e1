-- bots: how many there are; users does not count them.
alter table app_instance add column bots bigint not null default 0;
update app_instance set bots =
  (select count(*) from person p where p.app = app_instance.key and p.kind = 1 and p.deleted is null);

-- hidden: how many of the members are. targeted: how many of the messages only two can see. latest: the position of the
-- last message for all, and until there is one of the channel's creation, so that no two channels share it. app: null
-- from the channel's deletion on.
alter table channel_head add column hidden bigint not null default 0;
alter table channel_head add column targeted bigint not null default 0;
alter table channel_head add column latest bigint not null default 0;
alter table channel_head add column app bigint;
alter table channel_head add column privacy smallint;
update channel_head set
  hidden = (select count(*) from member m where m.channel = channel_head.channel and m.hidden = 1),
  targeted = (select count(*) from message m
    where m.channel = channel_head.channel and m.target is not null and m.state <> 2),
  latest = coalesce(
    (select m.position from message m where m.channel = channel_head.channel and m.target is null
      order by m.sequence desc limit 1),
    (select e.position from event e where e.channel = channel_head.channel and e.kind = 4 order by e.sequence limit 1),
    -channel),
  app = (select c.app from channel c where c.key = channel_head.channel and c.deleted is null),
  privacy = (select c.privacy from channel c where c.key = channel_head.channel);
create index channel_head_latest on channel_head(app, privacy, latest) where app is not null;

-- The position of the last message that only this member and one other see; last_targeted is its time.
alter table member add column latest_targeted bigint;
-- All messages are read once, and not once for each member.
create table targeted_once(
  channel bigint not null,
  person bigint not null,
  position bigint not null,
  primary key(channel, person)
){Clustered};
insert into targeted_once(channel, person, position)
  select channel, person, max(position) from (
    select channel, sender as person, position from message where target is not null
    union all select channel, target, position from message where target is not null) as said
  group by channel, person;
update member set latest_targeted =
  (select t.position from targeted_once t where t.channel = member.channel and t.person = member.person)
where last_targeted is not null;
drop table targeted_once;

-- Where an app instance's data are streamed to. data_type: 0 Channel, 1 ChannelMessage.
create table streaming_configuration(
  app bigint not null,
  data_type smallint not null,
  resource text not null,
  primary key(app, data_type)
){Clustered};
