-- Letters to whoever lost a code. What was asked for is a row, so that no end of the process loses it; it goes once the letter is
-- handed over, or nobody is there to get one. address: folded. nonce: gives the link's secret, with the key beside the database,
-- so that a letter which goes out twice carries the same link. due: not before; whoever is about to send it puts it off first.
create table letter(
  key {Key},
  show bigint not null,
  address text not null,
  language text not null,
  nonce {Bytes} not null,
  asked bigint not null,
  due bigint not null,
  tries bigint not null default 0
);
create index letter_due on letter(due, key);
create index letter_tried on letter(show) where tries > 0;

-- How the letters of a show fared. why: of the last that could not be delivered.
create table letter_count(
  show bigint not null primary key,
  sent bigint not null default 0,
  failed bigint not null default 0,
  failed_at bigint,
  why text
){Clustered};

-- The links of letters. page: the one that has made a code with it, and the only one that may again.
create table lost_link(
  hash {Bytes} not null primary key,
  show bigint not null,
  address text not null,
  expires bigint not null,
  page {Bytes}
){Clustered};
create index lost_link_expires on lost_link(expires);

-- Who asked within the last hour; limits go by it. Address and network are hashes under the key beside the database.
create table lost_ask(
  key {Key},
  show bigint not null,
  address {Bytes} not null,
  network {Bytes} not null,
  at bigint not null
);
create index lost_ask_address on lost_ask(address, at);
create index lost_ask_network on lost_ask(network, at);
create index lost_ask_show on lost_ask(show, at);
create index lost_ask_at on lost_ask(at);

-- Of e-mail addresses only what is ASCII is folded here, and no other can be asked for.
create index ticket_email on ticket(show, lower(trim(email))) where email is not null;
