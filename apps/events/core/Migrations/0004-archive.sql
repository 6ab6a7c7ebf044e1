-- Everything that was said in a show's channel, in the order of its log, each row chained to the one before by its hash.
-- Rows are never changed: what becomes of a message later is a row of its own. kind: 0 said, 1 edited, 2 redacted,
-- 3 deleted, 5 withheld (said, and never shown). entry: the JSON text that the hash is of. part: of an elastic channel, where it was said. removed: the number of
-- the row that took the message away. counts: the platform should hold it.
create table archive(
  show bigint not null,
  number bigint not null,
  kind smallint not null,
  message_id text not null,
  at bigint not null,
  entry text not null,
  hash {Bytes} not null,
  part text,
  removed bigint,
  counts smallint not null default 0,
  primary key(show, number)
){Clustered};
create index archive_message on archive(show, message_id, number);
create index archive_part on archive(show, part) where counts = 1 and part is not null;

-- How far each shard of a show's stream was read, in the transaction of the rows that came of it.
create table archive_shard(
  show bigint not null,
  shard text not null,
  sequence text,
  done smallint not null default 0,
  primary key(show, shard)
){Clustered};

-- state: 0 growing, 1 closed. standing: messages that the platform should hold; counted: those that it held when it was
-- asked. quiet_since: when the stream was last found read to its end. withheld: rows of that kind.
create table archive_head(
  show bigint not null primary key,
  state smallint not null default 0,
  rows bigint not null default 0,
  messages bigint not null default 0,
  removed bigint not null default 0,
  standing bigint not null default 0,
  first_at bigint,
  last_at bigint,
  head {Bytes},
  verified smallint not null default 0,
  counted bigint,
  closed_at bigint,
  quiet_since bigint,
  withheld bigint not null default 0,
  owner text,
  until bigint not null default 0
){Clustered};
