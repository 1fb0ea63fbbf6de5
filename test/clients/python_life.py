"""A realm's life through python-keycloak. Usage: python_life.py URL; prints `ok - sentence` for each step."""
import sys
import traceback

from keycloak import KeycloakAdmin, KeycloakOpenID, KeycloakOpenIDConnection
from keycloak.exceptions import KeycloakGetError, KeycloakPostError

url = sys.argv[1].rstrip('/') + '/'
realm = 'life-python'
failed = 0


def connection(realm_name):
    return KeycloakOpenIDConnection(
        server_url=url, username='admin', password='admin', realm_name=realm_name, user_realm_name='master', client_id='admin-cli', verify=True
    )


admin = KeycloakAdmin(connection=connection(realm))


def step(sentence):
    def run(work):
        global failed
        try:
            work()
            print(f'ok - {sentence}', flush=True)
        except Exception as error:  # every failure is a line, and the life goes on
            failed += 1
            print(f'not ok - {sentence}: {type(error).__name__} {error}'.replace('\n', ' '), flush=True)
            traceback.print_exc()
        return work

    return run


def names(items, key='name'):
    return sorted(item[key] for item in items)


ids = {}


@step('a realm is made, refused a second time, and listed')
def _():
    admin.create_realm({'realm': realm, 'enabled': True})
    try:
        admin.create_realm({'realm': realm, 'enabled': True})
        raise AssertionError('a second realm')
    except KeycloakPostError as error:
        assert error.response_code == 409, error
    assert realm in names(admin.get_realms(), 'realm')
    admin.update_realm(realm, {'displayName': 'Life', 'eventsEnabled': True, 'adminEventsEnabled': True})
    assert admin.get_realm(realm)['displayName'] == 'Life'


@step('a client with a service account')
def _():
    audience = {
        'name': 'audience',
        'protocol': 'openid-connect',
        'protocolMapper': 'oidc-audience-mapper',
        'config': {'included.client.audience': 'machine', 'access.token.claim': 'true'},
    }
    payload = {
        'clientId': 'machine',
        'serviceAccountsEnabled': True,
        'directAccessGrantsEnabled': True,
        'redirectUris': ['https://app.example/*'],
        'protocolMappers': [audience],
    }
    ids['client'] = admin.create_client(payload)
    assert admin.get_client_id('machine') == ids['client']
    assert admin.create_client(payload, skip_exists=True) == ids['client']
    admin.update_client(ids['client'], {'name': 'A machine'})
    assert admin.get_client(ids['client'])['name'] == 'A machine'
    secret = admin.get_client_secrets(ids['client'])['value']
    assert admin.generate_client_secrets(ids['client'])['value'] != secret
    assert admin.get_client_service_account_user(ids['client'])['username'] == 'service-account-machine'


@step('realm roles, client roles and composites')
def _():
    for name in ('reader', 'writer'):
        admin.create_realm_role({'name': name, 'description': name.title()})
    admin.add_composite_realm_roles_to_role('writer', [admin.get_realm_role('reader')])
    assert names(admin.get_composite_realm_roles_of_role('writer')) == ['reader']
    admin.create_client_role(ids['client'], {'name': 'operate', 'attributes': {'level': ['1', '2']}})
    assert admin.get_client_role(ids['client'], 'operate')['attributes'] == {'level': ['1', '2']}
    assert 'operate' in names(admin.get_client_roles(ids['client']))
    admin.update_realm_role('reader', {'name': 'reader', 'description': 'Reads'})
    assert admin.get_realm_role('reader')['description'] == 'Reads'
    assert names(admin.get_realm_roles(search_text='writ')) == ['writer']


@step('groups with children, found by path')
def _():
    ids['staff'] = admin.create_group({'name': 'staff', 'attributes': {'floor': ['3']}})
    ids['night'] = admin.create_group({'name': 'night'}, parent=ids['staff'])
    assert admin.get_group_by_path('/staff/night')['id'] == ids['night']
    assert names(admin.get_group_children(ids['staff'])) == ['night']
    assert admin.get_group(ids['staff'])['attributes'] == {'floor': ['3']}
    admin.assign_group_realm_roles(ids['staff'], [admin.get_realm_role('reader')])
    assert names(admin.get_group_realm_roles(ids['staff'])) == ['reader']
    admin.assign_group_client_roles(ids['night'], ids['client'], [admin.get_client_role(ids['client'], 'operate')])
    assert names(admin.get_group_client_roles(ids['night'], ids['client'])) == ['operate']
    assert admin.groups_count()['count'] == 2


@step('people are made, found, counted and changed')
def _():
    for name, first in (('olena', 'Олена'), ('taras', 'Taras')):
        ids[name] = admin.create_user(
            {'username': name, 'email': f'{name}@example.org', 'enabled': True, 'firstName': first, 'lastName': 'Test', 'emailVerified': True}
        )
    assert admin.create_user({'username': 'olena', 'email': 'olena@example.org'}, exist_ok=True) == ids['olena']
    assert admin.get_user_id('taras') == ids['taras']
    assert admin.users_count() == 2
    assert names(admin.get_users({'search': 'ole'}), 'username') == ['olena']
    assert names(admin.get_users({'firstName': 'олена', 'exact': False}), 'username') == ['olena']
    admin.update_user(ids['taras'], {'lastName': 'Changed'})
    assert admin.get_user(ids['taras'])['lastName'] == 'Changed'
    try:
        admin.create_user({'username': 'olena'})
        raise AssertionError('a second olena')
    except KeycloakPostError as error:
        assert error.response_code == 409, error


@step('passwords, credentials and logins')
def _():
    admin.set_user_password(ids['olena'], 'Secret-42!', temporary=False)
    credentials = admin.get_credentials(ids['olena'])
    assert [one['type'] for one in credentials] == ['password']
    openid = KeycloakOpenID(
        server_url=url, realm_name=realm, client_id='machine', client_secret_key=admin.get_client_secrets(ids['client'])['value']
    )
    token = openid.token('olena', 'Secret-42!', scope='openid')
    assert openid.userinfo(token['access_token'])['preferred_username'] == 'olena'
    assert openid.introspect(token['access_token'])['active'] is True
    assert [one['username'] for one in admin.get_sessions(ids['olena'])] == ['olena']
    assert len(admin.get_client_all_sessions(ids['client'])) == 1
    openid.logout(openid.refresh_token(token['refresh_token'])['refresh_token'])
    assert admin.get_sessions(ids['olena']) == []
    openid.token(grant_type='client_credentials')
    assert openid.certs()['keys'] and openid.well_known()['issuer'] == f'{url}realms/{realm}'


@step('roles and groups of people')
def _():
    admin.assign_realm_roles(ids['olena'], [admin.get_realm_role('writer')])
    assert 'writer' in names(admin.get_realm_roles_of_user(ids['olena']))
    assert 'reader' in names(admin.get_composite_realm_roles_of_user(ids['olena']))
    assert 'writer' not in names(admin.get_available_realm_roles_of_user(ids['olena']))
    admin.assign_client_role(ids['olena'], ids['client'], [admin.get_client_role(ids['client'], 'operate')])
    assert names(admin.get_client_roles_of_user(ids['olena'], ids['client'])) == ['operate']
    assert names(admin.get_realm_role_members('writer'), 'username') == ['olena']
    admin.group_user_add(ids['taras'], ids['night'])
    assert names(admin.get_user_groups(ids['taras'])) == ['night']
    assert names(admin.get_group_members(ids['night']), 'username') == ['taras']
    admin.group_user_remove(ids['taras'], ids['night'])
    assert admin.get_user_groups(ids['taras']) == []
    admin.delete_client_roles_of_user(ids['olena'], ids['client'], [admin.get_client_role(ids['client'], 'operate')])
    admin.delete_realm_roles_of_user(ids['olena'], [admin.get_realm_role('writer')])
    assert 'writer' not in names(admin.get_realm_roles_of_user(ids['olena']))


@step('client scopes and protocol mappers')
def _():
    ids['scope'] = admin.create_client_scope({'name': 'register', 'protocol': 'openid-connect'}, skip_exists=True)
    mapper = {
        'name': 'drfo',
        'protocol': 'openid-connect',
        'protocolMapper': 'oidc-usermodel-attribute-mapper',
        'config': {'user.attribute': 'drfo', 'claim.name': 'drfo', 'access.token.claim': 'true', 'jsonType.label': 'String'},
    }
    admin.add_mapper_to_client_scope(ids['scope'], mapper)
    assert names(admin.get_mappers_from_client_scope(ids['scope'])) == ['drfo']
    admin.add_client_default_client_scope(ids['client'], ids['scope'], {})
    assert 'register' in names(admin.get_client_default_client_scopes(ids['client']))
    admin.delete_client_default_client_scope(ids['client'], ids['scope'])
    admin.add_mapper_to_client(ids['client'], mapper)
    own = [one for one in admin.get_mappers_from_client(ids['client']) if one['name'] == 'drfo']
    admin.remove_client_mapper(ids['client'], own[0]['id'])
    admin.add_default_optional_client_scope(ids['scope'])
    assert 'register' in names(admin.get_default_optional_client_scopes())


@step('flows, executions and required actions')
def _():
    admin.copy_authentication_flow({'newName': 'browser copy'}, 'browser')
    assert 'browser copy' in names(admin.get_authentication_flows(), 'alias')
    executions = admin.get_authentication_flow_executions('browser copy')
    cookie = next(one for one in executions if one.get('providerId') == 'auth-cookie')
    admin.update_authentication_flow_executions({**cookie, 'requirement': 'DISABLED'}, 'browser copy')
    again = admin.get_authentication_flow_executions('browser copy')
    assert next(one for one in again if one['id'] == cookie['id'])['requirement'] == 'DISABLED'
    admin.create_authentication_flow_subflow({'alias': 'more', 'type': 'basic-flow', 'provider': 'registration-page-form'}, 'browser copy')
    admin.create_authentication_flow_execution({'provider': 'auth-otp-form'}, 'browser copy')
    assert admin.get_required_action_by_alias('CONFIGURE_TOTP')['enabled'] is True
    action = admin.get_required_action_by_alias('VERIFY_EMAIL')
    admin.update_required_action('VERIFY_EMAIL', {**action, 'defaultAction': True})
    assert admin.get_required_action_by_alias('VERIFY_EMAIL')['defaultAction'] is True


@step('identity providers and their mappers')
def _():
    config = {'clientId': 'a', 'clientSecret': 'b', 'authorizationUrl': 'https://idp.example/auth', 'tokenUrl': 'https://idp.example/token'}
    admin.create_idp({'alias': 'partner', 'providerId': 'oidc', 'enabled': True, 'config': config})
    assert names(admin.get_idps(), 'alias') == ['partner']
    assert admin.get_idp('partner')['config']['clientSecret'] == '**********'
    mapper = {'name': 'm', 'identityProviderMapper': 'hardcoded-attribute-idp-mapper', 'identityProviderAlias': 'partner', 'config': {'syncMode': 'INHERIT'}}
    admin.add_mapper_to_idp('partner', mapper)
    assert names(admin.get_idp_mappers('partner')) == ['m']
    admin.add_user_social_login(ids['olena'], 'partner', 'remote-1', 'olena-remote')
    assert names(admin.get_user_social_logins(ids['olena']), 'userName') == ['olena-remote']
    admin.delete_user_social_login(ids['olena'], 'partner')
    admin.delete_idp('partner')
    assert admin.get_idps() == []


@step('components, keys, events')
def _():
    provider = 'org.keycloak.keys.KeyProvider'
    payload = {'name': 'ec', 'providerId': 'ecdsa-generated', 'providerType': provider, 'config': {'priority': ['50'], 'ecdsaEllipticCurveKey': ['P-256']}}
    ids['component'] = admin.create_component(payload)
    assert admin.get_component(ids['component'])['config']['priority'] == ['50']
    assert 'ES256' in admin.get_keys()['active']
    admin.delete_component(ids['component'])
    assert any(event['resourceType'] == 'CLIENT' for event in admin.get_admin_events({'max': 1000}))
    assert any(event['type'] == 'LOGIN' for event in admin.get_events({}))
    admin.set_events({'eventsEnabled': False})


@step('partial export and import')
def _():
    exported = admin.export_realm(export_clients=True, export_groups_and_role=True)
    assert 'machine' in names(exported['clients'], 'clientId') and 'staff' in names(exported['groups'])
    result = admin.partial_import_realm(realm, {'ifResourceExists': 'SKIP', 'users': [{'username': 'imported'}, {'username': 'olena'}]})
    assert (result['added'], result['skipped']) == (1, 1), result


@step('everything goes away again')
def _():
    admin.delete_user(ids['taras'])
    admin.delete_group(ids['staff'])
    admin.delete_realm_role('writer')
    admin.delete_client_role(ids['client'], 'operate')
    admin.delete_client_scope(ids['scope'])
    admin.delete_client(ids['client'])
    admin.delete_realm(realm)
    assert realm not in names(admin.get_realms(), 'realm')
    try:
        KeycloakAdmin(connection=connection(realm)).get_users()
        raise AssertionError('the realm is still there')
    except KeycloakGetError as error:
        assert error.response_code == 404, error


sys.exit(1 if failed else 0)
