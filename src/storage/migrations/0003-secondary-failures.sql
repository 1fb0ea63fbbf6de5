-- Failed logins: how many of them knew the password and failed at a second factor. It has a limit of its own.
alter table login_failure add column secondary_failures integer not null default 0;
