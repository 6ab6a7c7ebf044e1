-- settings is JSON; variables is sealed, because they may be secrets. code is the base64 of the SHA-256 of the zip, which lies in the
-- data folder. policy is a JSON array of statements.
create table function(
  key {Key},
  name text not null,
  settings text not null,
  variables {Bytes},
  code text not null,
  code_size bigint not null,
  revision text not null,
  policy text,
  created bigint not null,
  modified bigint not null
);
create unique index function_name on function(name);
create index function_code on function(code);

-- Asynchronous invocations that have not ended. due: when the next attempt may begin; a claimed one is due again when the claim ends.
create table function_event(
  key {Key},
  name text not null,
  request text not null,
  payload {Bytes} not null,
  attempts bigint not null,
  asked bigint not null,
  due bigint not null
);
create index function_event_due on function_event(due, key);
create index function_event_name on function_event(name);
