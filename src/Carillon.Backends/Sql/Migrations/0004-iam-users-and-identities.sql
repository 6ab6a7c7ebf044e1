-- folded is the name in lower case, under which it is unique. tags is a JSON object.
create table iam_user(
  key {Key},
  id text not null,
  name text not null,
  folded text not null,
  path text not null,
  tags text not null,
  created bigint not null
);
create unique index iam_user_name on iam_user(folded);
create unique index iam_user_id on iam_user(id);

create table iam_user_policy(
  iam_user bigint not null,
  name text not null,
  document text not null,
  primary key(iam_user, name)
){Clustered};

-- secret is sealed with the installation's key: signatures are made with the secret itself, so a hash would not do.
create table access_key(
  id text not null primary key,
  iam_user bigint not null,
  secret {Bytes} not null,
  active bigint not null,
  created bigint not null
){Clustered};
create index access_key_of_user on access_key(iam_user, created, id);

create table managed_policy(
  key {Key},
  id text not null,
  arn text not null,
  name text not null,
  folded text not null,
  path text not null,
  description text,
  default_version bigint not null,
  last_version bigint not null,
  tags text not null,
  created bigint not null,
  updated bigint not null
);
create unique index managed_policy_arn on managed_policy(arn);
create unique index managed_policy_name on managed_policy(folded);

create table managed_policy_version(
  policy bigint not null,
  version bigint not null,
  document text not null,
  created bigint not null,
  primary key(policy, version)
){Clustered};

-- kind says what holder is the key of: 0 a role, 1 a user. policy is an ARN, of managed_policy or of AWS's own.
create table policy_attachment(
  key {Key},
  kind bigint not null,
  holder bigint not null,
  policy text not null
);
create unique index policy_attachment_of_holder on policy_attachment(kind, holder, policy);
create index policy_attachment_of_policy on policy_attachment(policy, key);

-- client_ids and thumbprints are JSON arrays.
create table openid_provider(
  key {Key},
  url text not null,
  client_ids text not null,
  thumbprints text not null,
  tags text not null,
  created bigint not null
);
create unique index openid_provider_url on openid_provider(url);

-- Which identity of a pool a login is; guests are not kept.
create table identity_login(
  pool text not null,
  provider text not null,
  subject text not null,
  identity text not null,
  created bigint not null,
  primary key(pool, provider, subject)
){Clustered};
create index identity_login_of_identity on identity_login(identity);
