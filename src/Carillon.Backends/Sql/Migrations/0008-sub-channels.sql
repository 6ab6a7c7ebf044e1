-- The parts of elastic channels. The log of the sub-channel with key k is -k wherever a log is named by its channel
-- (message, event, member, channel_head), so that it never meets a channel's own. placed counts the members that the
-- service put there. A deleted one keeps its row as long as its channel: what is past refers to it.
create table sub_channel(
  key {Key},
  channel bigint not null,
  id text not null,
  placed bigint not null default 0,
  created bigint not null,
  deleted bigint
);
create unique index sub_channel_id on sub_channel(channel, id);
create index sub_channel_list on sub_channel(channel, key) where deleted is null;
create index sub_channel_placed on sub_channel(channel, placed, key) where deleted is null;

-- root: the channel that the log named by channel belongs to; the same for a channel without sub-channels.
-- placed: the service chose the sub-channel and may choose another.
alter table member add column root bigint not null default 0;
alter table member add column placed smallint not null default 0;
update member set root = channel;
drop index member_person;
create index member_person on member(person, root, channel);
create index member_of_elastic on member(root, person, channel) where channel < 0;
create index member_placed on member(channel, person) where placed = 1;

-- Elastic channels that the sweeper is to look at. With a source, members are on their way from that log to another's:
-- all of them where it ends, else until both hold as many.
create table balance(
  channel bigint not null primary key,
  source bigint,
  destination bigint,
  ends smallint not null default 0
){Clustered};

create index channel_elastic on channel(app) where elastic_most is not null and deleted is null;
