-- The stream's name, which is what stands behind the last slash of its ARN.
alter table streaming_configuration add column stream text not null default '';
update streaming_configuration set stream = replace(resource, rtrim(resource, replace(resource, '/', '')), '');

-- Streams that may hold records of an app instance's messages: what is redacted is looked for in these.
create table streamed_message(
  app bigint not null,
  stream text not null,
  primary key(app, stream)
){Clustered};
insert into streamed_message(app, stream) select app, stream from streaming_configuration where data_type = 1;

-- Events that are in no stream, because there was none that may be used, since the configuration was put.
create table streaming_gap(
  app bigint not null,
  data_type smallint not null,
  since bigint not null,
  until bigint not null,
  events bigint not null,
  primary key(app, data_type)
){Clustered};

-- The updates of a message. 1: MessageUpdated.
create index event_update on event(channel, message_sequence) where kind = 1;

-- How far each stream has been handed on. at: when the last record of that had arrived.
create table relay(
  stream bigint not null primary key,
  position bigint not null,
  at bigint
){Clustered};
