-- mode: 0 provisioned, 1 on demand. key_id: what the caller named the key of encryption; null: none. shards: the number of
-- the next one. trim_due: nothing of the stream expires before; null from its deletion on.
create table data_stream(
  key {Key},
  name text not null,
  created bigint not null,
  mode smallint not null,
  retention_hours bigint not null,
  key_id text,
  most_record_kib bigint not null,
  shards bigint not null,
  open_shards bigint not null,
  trim_due bigint,
  deleted bigint
);
create unique index data_stream_name on data_stream(name) where deleted is null;
create index data_stream_trim on data_stream(trim_due) where trim_due is not null;

-- Hashes are 16 bytes, the highest first. opened, closed: positions that opening and closing took; closed_at: when.
create table stream_shard(
  key {Key},
  stream bigint not null,
  number bigint not null,
  parent bigint,
  adjacent_parent bigint,
  first_hash {Bytes} not null,
  last_hash {Bytes} not null,
  created bigint not null,
  opened bigint not null,
  closed bigint,
  closed_at bigint
);
create unique index stream_shard_number on stream_shard(stream, number);
create index stream_shard_open on stream_shard(stream, first_hash) where closed is null;
create index stream_shard_parent on stream_shard(stream, parent) where parent is not null;
create index stream_shard_adjacent on stream_shard(stream, adjacent_parent) where adjacent_parent is not null;

-- data_key: what data is sealed under; null: it rests as it is. Not clustered: in the order of its key a row of more than a
-- quarter of a page would spill into a page of its own, and each transaction would write a page of every shard.
create table stream_record(
  shard bigint not null,
  position bigint not null,
  at bigint not null,
  partition_key text not null,
  data {Bytes} not null,
  data_key bigint,
  primary key(shard, position)
);

create table stream_tag(
  stream bigint not null,
  name text not null,
  value text not null,
  primary key(stream, name)
){Clustered};

-- Data keys of the store, sealed by its master key. Keys of the table are drawn by lot: what another transaction has undone
-- never names a key that is there. position: the last one given out when it was made.
create table stream_key(
  key bigint not null primary key,
  created bigint not null,
  position bigint not null,
  sealed {Bytes} not null
){Clustered};
create index stream_key_newest on stream_key(position);
