-- The words that hold for every show, as organisers keep them: one row. words: JSON, as in a show's definition.
create table common_words(
  one smallint not null primary key,
  words text not null,
  version bigint not null,
  updated bigint not null,
  by_name text not null
){Clustered};
insert into common_words(one, words, version, updated, by_name) values (1, '[]', 1, 0, '');
