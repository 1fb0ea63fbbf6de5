import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { adminConsoleOfFile } from './admin-console.ts'

const realm = 'browser-flows'
const at = await adminConsoleOfFile({ realms: [{ realm, enabled: true }] })
const flow = encodeURIComponent('our browser')

const executions = (alias = flow): Promise<Json[]> => at.list(realm, `/authentication/flows/${alias}/executions`)
const flowId = async (alias: string): Promise<unknown> =>
  (await at.list(realm, '/authentication/flows')).find((one) => one['alias'] === alias)?.['id'] ?? assert.fail(alias)
const requirement = async (name: string): Promise<unknown> =>
  (await executions()).find(({ displayName }) => displayName === name)?.['requirement']

test(
  'a flow is copied',
  at.try(async () => {
    await at.open(realm, 'authentication')
    await at.rowAction('browser', 'Duplicate')
    await at.fill('alias', 'our browser')
    await at.fill('description', 'With one step more')
    await at.confirm()
    await at.told('Flow successfully duplicated')
    await at.page.getByTestId('view-header').getByText('our browser').waitFor()
    assert.equal((await executions()).length, (await executions('browser')).length)
  }),
)

test(
  'steps and flows are added to it, changed and taken away',
  at.try(async () => {
    await at.open(realm, `authentication/${await flowId('our browser')}/our browser`)
    await at.click('addStep')
    await at.search('Deny', at.dialog())
    await at.click('deny-access-authenticator')
    await at.click('modal-add')
    await at.told('Flow successfully updated')
    const step = at.page.getByRole('row').filter({ hasText: 'Deny access' })
    await at.choose(step.getByRole('button', { name: 'Disabled' }), 'Required')
    await at.told('Flow successfully updated')
    assert.equal(await requirement('Deny access'), 'REQUIRED')
    await at.click('addSubFlow')
    await at.fill('name', 'One more thing')
    await at.fill('description', 'For some')
    await at.click('modal-add')
    await at.told('Flow successfully updated')
    assert.equal(await requirement('One more thing'), 'DISABLED')
    await at.click('Deny access-delete')
    await at.confirm()
    await at.told('Execution successfully deleted')
    assert.equal(await requirement('Deny access'), undefined)
  }),
)

test(
  'a step of it is configured',
  at.try(async () => {
    await at.open(realm, `authentication/${await flowId('our browser')}/our browser`)
    const step = at.page.getByRole('row').filter({ hasText: 'Identity Provider Redirector' })
    await at.button('Settings', step).click()
    await at.fill('alias', 'company')
    await at.fill('defaultProvider', 'company')
    await at.click('save')
    await at.told('Successfully saved the config')
    const configured = (await executions()).find(({ providerId }) => providerId === 'identity-provider-redirector')
    const config = await at.read(realm, `/authentication/config/${configured?.['authenticationConfig']}`)
    assert.deepEqual([config['alias'], config['config']], ['company', { defaultProvider: 'company' }])
  }),
)

test(
  'the flow is shown as a picture, and bound as the one that people log in by',
  at.try(async () => {
    await at.open(realm, `authentication/${await flowId('our browser')}/our browser`)
    await at.button('Diagram view').click()
    await at.page.locator('.react-flow__node').first().waitFor()
    await at.headAction('Bind flow')
    await at.click('save')
    await at.told('Flow successfully updated')
    assert.equal((await at.read(realm, ''))['browserFlow'], 'our browser')
    await at.open(realm, 'authentication')
    await at.row('our browser').getByText('Browser flow').waitFor()
  }),
)

test(
  'a flow is made, and deleted after a question',
  at.try(async () => {
    await at.open(realm, 'authentication/flows/create')
    await at.fill('alias', 'empty')
    await at.click('create')
    await at.told('Flow created')
    await at.page.getByText('No steps').waitFor()
    await at.open(realm, 'authentication')
    await at.rowAction('empty', 'Delete')
    await at.confirm()
    await at.told('Flow successfully deleted')
    assert.ok(!(await at.list(realm, '/authentication/flows')).some(({ alias }) => alias === 'empty'))
  }),
)

test(
  'a required action is switched on for everybody who comes new, and configured',
  at.try(async () => {
    const action = () => at.read(realm, '/authentication/required-actions/CONFIGURE_TOTP')
    await at.open(realm, 'authentication/required-actions')
    await at.flip('default-Configure-OTP')
    await at.told('Updated required action successfully')
    assert.equal((await action())['defaultAction'], true)
    await at.flip('enable-Configure-OTP')
    await at.told('Updated required action successfully')
    assert.equal((await action())['enabled'], false)
    await at.button('Settings', at.row('Update Password')).click()
    await at.fill('max_auth_age', '77')
    await at.click('save')
    await at.told('Successfully saved')
    const { config } = await at.read(realm, '/authentication/required-actions/UPDATE_PASSWORD/config')
    assert.deepEqual(config, { max_auth_age: '77' })
  }),
)

test(
  'a policy for passwords is set',
  at.try(async () => {
    await at.open(realm, 'authentication/policies')
    await at.choose(at.named('add-policy'), 'Minimum Length')
    await at.page.locator('#length input').fill('12')
    await at.choose(at.named('add-policy'), 'Not Username')
    await at.click('save')
    await at.told('Password policies successfully updated')
    assert.match(String((await at.read(realm, ''))['passwordPolicy']), /^length\(12\) and notUsername\(/)
  }),
)

test(
  'policies for one-time codes, passkeys and CIBA are set',
  at.try(async () => {
    await at.open(realm, 'authentication/policies')
    await at.click('otpPolicy')
    await at.named('digit-8').check()
    await at.click('save')
    await at.told('OTP policy successfully updated')
    await at.click('webauthnPolicy')
    await at.fill('webAuthnPolicyRpEntityName', 'Our house')
    await at.click('save')
    await at.told('Updated webauthn policies successfully')
    await at.click('cibaPolicy')
    await at.fill('attributes.cibaExpiresIn', '99')
    await at.click('save')
    await at.told('CIBA policy successfully updated')
    const { otpPolicyDigits, webAuthnPolicyRpEntityName, attributes } = await at.read(realm, '')
    assert.deepEqual([otpPolicyDigits, webAuthnPolicyRpEntityName], [8, 'Our house'])
    assert.equal((attributes as Json)['cibaExpiresIn'], '99')
  }),
)
