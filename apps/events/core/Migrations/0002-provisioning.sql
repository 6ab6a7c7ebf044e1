-- What is made on the platform for a show, and for each ticket. Several provisioners work on these rows: whoever takes
-- some writes its name and until when into them, and after that time they are anybody's again.

-- One row for each show that was ever published. job: 0 making, 1 standing, 2 closing the archive, 3 clearing, 4 cleared;
-- step: the next one of the job. due: not before. clear: wished, once the archive is closed. verified: seats that were ready when they were last counted one by one.
create table hand(
  show bigint not null primary key,
  job smallint not null default 0,
  step smallint not null default 0,
  paused smallint not null default 0,
  hurried smallint not null default 0,
  clear smallint not null default 0,
  due bigint not null default 0,
  tries bigint not null default 0,
  why text,
  stream_name text,
  verified bigint,
  owner text,
  until bigint not null default 0
){Clustered};
create index hand_job on hand(job, due);

-- Staff who are to be made, or to be removed.
create index staff_waiting on staff(show, key)
  where (removed is null and provisioned = 0) or (removed is not null and provisioned = 1);

create trigger show_published after update of state on show when new.state = 1 and old.state <> 1 begin
  insert into hand(show) values (new.key) on conflict(show) do nothing;
end;

-- A ticket's place on the platform. step: 0 user to be made, 1 membership to be made, 2 ready, 3 failed, 4 membership to be
-- ended, 5 user to be deleted, 6 gone. line: where it waits: 0 at the door, 1 sold on the day, 2 sold before, 3 again at
-- due, 4 taken until due. rank: the line that it belongs to. called: a call for it may have gone out.
create table seat(
  show bigint not null,
  number bigint not null,
  step smallint not null,
  rank smallint not null,
  line smallint not null,
  due bigint not null default 0,
  queued bigint not null,
  called smallint not null default 0,
  tries bigint not null default 0,
  why text,
  failed_step smallint,
  failed_at bigint,
  owner text,
  primary key(show, number)
){Clustered};
create index seat_line on seat(show, step, line, due, number);

-- How many seats of a show stand where. Kept by the triggers below, in the transaction of each change.
create table seat_count(
  show bigint not null,
  step smallint not null,
  line smallint not null,
  n bigint not null,
  primary key(show, step, line)
){Clustered};
create index seat_count_step on seat_count(step, show) where n > 0;

create trigger seat_added after insert on seat begin
  insert into seat_count(show, step, line, n) values (new.show, new.step, new.line, 1)
    on conflict(show, step, line) do update set n = n + 1;
end;
create trigger seat_moved after update of step, line on seat when new.step <> old.step or new.line <> old.line begin
  update seat_count set n = n - 1 where show = old.show and step = old.step and line = old.line;
  insert into seat_count(show, step, line, n) values (new.show, new.step, new.line, 1)
    on conflict(show, step, line) do update set n = n + 1;
end;
create trigger seat_deleted after delete on seat begin
  update seat_count set n = n - 1 where show = old.show and step = old.step and line = old.line;
end;

-- No ticket without its seat, whoever sells it. A ticket of the day (the last 24 hours before the doors, and later) waits
-- in a line of its own.
create trigger ticket_seated after insert on ticket begin
  insert into seat(show, number, step, rank, line, queued)
    select new.show, new.number, 0, r, r, new.created from (select case when exists(
      select 1 from show where key = new.show and doors is not null and new.created >= doors - 86400000000)
      then 1 else 2 end as r);
end;
create trigger ticket_unseated after delete on ticket begin
  delete from seat where show = old.show and number = old.number;
end;

-- Somebody has come with it, and waits.
create trigger ticket_awaited after update of wanted on ticket when new.wanted is not null and old.wanted is null begin
  update seat set rank = 0, line = case when line = 4 then 4 else 0 end, due = case when line = 4 then due else 0 end
    where show = new.show and number = new.number and step in (0, 1) and rank > 0;
end;

-- What was called for has to be removed, and what is taken stays taken until whoever has it is done.
create trigger ticket_revoked after update of state on ticket when new.state = 1 and old.state <> 1 begin
  update seat set step = case when called = 0 then 6 else 4 end, line = case when line = 4 then 4 else rank end,
      tries = 0, why = null
    where show = new.show and number = new.number and step < 4;
end;
create trigger ticket_restored after update of state on ticket when new.state <> 1 and old.state = 1 begin
  update seat set step = 0, line = case when line = 4 then 4 else rank end, tries = 0, why = null
    where show = new.show and number = new.number and step > 3;
end;

-- The times at which calls of a class may go out, for all provisioners together. next_at: no call before; rate: calls in
-- 1,000 seconds, 0 as configured; configured: likewise, 0 for no limit;
-- grows_at: when a rate that was lowered rises next; cool_until: left alone until then; ceiling: the rate that was refused last,
-- not tried again before ceiling_until.
create table pace(
  endpoint text not null,
  class text not null,
  next_at bigint not null default 0,
  rate bigint not null default 0,
  configured bigint not null default 0,
  grows_at bigint not null default 0,
  cool_until bigint not null default 0,
  strikes bigint not null default 0,
  throttled bigint not null default 0,
  ceiling bigint not null default 0,
  ceiling_until bigint not null default 0,
  primary key(endpoint, class)
){Clustered};

-- What was done lately, in slices of ten seconds: rates are measured by it. kind: the step of a seat that was done.
create table pulse(
  endpoint text not null,
  kind smallint not null,
  at bigint not null,
  n bigint not null,
  primary key(endpoint, kind, at)
){Clustered};
