-- Records of streams rest in packs from here on; what was sealed record by record cannot be sealed anew in SQL, and is let go.
drop table stream_record;

-- The records of one commit and one shard. position: of the last; first: of the first; size: bytes of their keys and data.
-- data_key: what data is sealed under; null: it rests as it is. Not clustered: in the order of its key a row of more than a
-- quarter of a page would spill into a page of its own, and each transaction would write a page of every shard.
create table stream_pack(
  shard bigint not null,
  position bigint not null,
  first bigint not null,
  at bigint not null,
  records bigint not null,
  size bigint not null,
  data {Bytes} not null,
  data_key bigint,
  primary key(shard, position)
);
