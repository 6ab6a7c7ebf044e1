alter table shop_key add column used bigint;

-- Tickets that were made in one call, by the name that the caller gave it: an answer that is lost can be asked for again.
create table ticket_batch(
  show bigint not null,
  reference text not null,
  first bigint not null,
  count bigint not null,
  made bigint not null,
  primary key(show, reference)
){Clustered};
