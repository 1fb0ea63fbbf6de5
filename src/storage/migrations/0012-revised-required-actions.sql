-- What a person has been told to do at the next login is remembered with what else is known of him.
{{revise users: user_required_action insert}};
{{revise users: user_required_action delete}};
