-- What people may do in applications, all of one person's in a row: `[{"resource","entity","grants":[]}]`. Only the token information endpoint
-- tells of it, and reads it anew each time: no token does.
create table user_permissions (
  user_id text primary key references user_account (id) on delete cascade,
  doc json not null
);
