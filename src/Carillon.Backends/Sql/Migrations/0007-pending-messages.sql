-- Messages, and new contents of messages, that a channel flow holds (state 0 to be handed to its processor, 1 handed
-- over) or has held (2 sent, 3 denied, 4 failed). An open row is what is still to do; one that has ended stays a while, so
-- that a second callback is known for one and a sender can ask what became of a message. push is JSON. channel names the
-- log that the message is for, of a channel or of a sub-channel.
create table pending_message(
  key {Key},
  channel bigint not null,
  id {Bytes} not null,
  callback {Bytes} not null,
  edits smallint not null,
  state smallint not null,
  persistent smallint not null,
  sender bigint not null,
  target bigint,
  created bigint not null,
  asked bigint not null,
  content text,
  metadata text,
  attributes text,
  content_type text,
  push text,
  function text not null,
  fallback smallint not null,
  due bigint,
  detail text,
  ends bigint not null,
  format smallint not null default 1
);
create unique index pending_message_callback on pending_message(callback);
create index pending_message_id on pending_message(channel, id);
create index pending_message_due on pending_message(due) where due is not null;
create index pending_message_open on pending_message(ends) where state < 2;
create index pending_message_ended on pending_message(ends) where state >= 2;
create index channel_flow_list on channel_flow(app, key);
