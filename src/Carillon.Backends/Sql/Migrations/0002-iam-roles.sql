-- folded is the name in lower case, under which it is unique. tags is a JSON object.
create table role(
  key {Key},
  id text not null,
  name text not null,
  folded text not null,
  path text not null,
  trust text not null,
  description text,
  longest_session bigint not null,
  tags text not null,
  created bigint not null
);
create unique index role_name on role(folded);

create table role_policy(
  role bigint not null,
  name text not null,
  document text not null,
  primary key(role, name)
){Clustered};
