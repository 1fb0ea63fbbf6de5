-- What tokens say of a person is kept in memory as long as two numbers stay the same: the person's own, raised when his attributes, roles
-- or groups change, and the realm's, raised when what roles and groups give to many changes. Triggers raise them, so that no write can forget.
alter table user_account add column revision bigint not null default 0;
alter table realm add column grants_revision bigint not null default 0;

{{revise users: user_attribute insert}};
{{revise users: user_attribute update}};
{{revise users: user_attribute delete}};
{{revise users: user_role insert}};
{{revise users: user_role delete}};
{{revise users: user_group_member insert}};
{{revise users: user_group_member delete}};

-- A new group or role gives nothing to anybody yet.
{{revise grants: user_group update}};
{{revise grants: user_group delete}};
{{revise grants: role update}};
{{revise grants: role delete}};
{{revise grants: client update}};
{{revise grants: group_role insert of user_group by group_id}};
{{revise grants: group_role delete of user_group by group_id}};
{{revise grants: role_composite insert of role by parent_id}};
{{revise grants: role_composite delete of role by parent_id}};
