/** Test support: the pieces that Keycloak's consoles are made of, used as a person uses them. Everything waits for what it needs. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Locator, Page } from 'playwright-core'

/** How long a page may take to become what a test expects, on a machine that others use, too. */
export const patienceMs = 15_000

/** Where to look: the page, or a part of it. */
type Place = Pick<Page, 'getByTestId' | 'getByRole' | 'locator' | 'getByText'>

export interface PatternFly {
  readonly page: Page
  /** An element by the name that the console's makers gave it for tests. */
  named(testId: string): Locator
  click(testId: string): Promise<void>
  fill(testId: string, value: string): Promise<void>
  /** Waits until a field has this value: a form that is drawn may still get its values, over what has been typed. */
  holds(testId: string, value: string): Promise<void>
  button(name: string | RegExp, place?: Place): Locator
  /** Flips a switch, by test name or by what it is labelled with. */
  flip(name: string): Promise<void>
  /** Whether a switch is on. */
  isOn(name: string): Promise<boolean>
  tab(name: string): Promise<void>
  /** Opens a list by what opens it, and takes an entry. */
  choose(toggle: Locator, option: string | RegExp): Promise<void>
  /** The row of a table that has this text in a cell. */
  row(text: string, place?: Place): Locator
  /** Takes an entry of a row's menu. */
  rowAction(text: string, action: string): Promise<void>
  tick(text: string, place?: Place): Promise<void>
  /** Takes an entry of the menu `Action` in the page's head. */
  headAction(action: string): Promise<void>
  dialog(): Locator
  confirm(): Promise<void>
  /** Assigns roles on a page or tab of role mappings: of the realm, or of clients. */
  assignRoles(kind: 'realm' | 'client', names: readonly string[]): Promise<void>
  /** Looks for something in the table of a dialog or page. */
  search(text: string, place?: Place): Promise<void>
  /** Waits until the console says so, and takes the message away. */
  told(text: string | RegExp): Promise<void>
}

export function patternFly(page: Page): PatternFly {
  const named = (testId: string): Locator => page.getByTestId(testId)
  const menuItem = (name: string | RegExp): Locator =>
    page
      .getByRole('menuitem', { name, exact: true })
      .or(page.getByRole('option', { name, exact: true }))
      .first()
  const switchInput = (name: string): Locator =>
    page.locator(`input[type=checkbox]:is([data-testid="${name}"], [id="${name}"], [aria-label="${name}"])`).first()
  const row = (text: string, place: Place = page): Locator =>
    place
      .locator('tr')
      .filter({ has: page.getByText(text, { exact: true }) })
      .first()
  const tick = (text: string, place?: Place): Promise<void> =>
    row(text, place).locator('input[type=checkbox], input[type=radio]').first().check()
  const dialog = (): Locator => page.locator('.pf-v5-c-modal-box').last()
  const search = async (text: string, place: Place = page): Promise<void> => {
    const field = place.getByRole('textbox', { name: /search/i }).or(place.getByRole('searchbox', { name: /search/i }))
    await field.first().fill(text)
    await field.first().press('Enter')
  }
  return {
    page,
    named,
    click: (testId) => named(testId).click(),
    fill: (testId, value) => named(testId).fill(value),
    async holds(testId, value) {
      const deadline = performance.now() + patienceMs
      while ((await named(testId).inputValue()) !== value) {
        if (performance.now() > deadline) throw new Error(`${testId} does not become ${value}`)
        await sleep(50)
      }
    },
    button: (name, place = page) => place.getByRole('button', { name, exact: true }),
    flip: (name) => switchInput(name).locator('xpath=..').click(),
    isOn: (name) => switchInput(name).isChecked(),
    tab: (name) => page.getByRole('tab', { name, exact: true }).click(),
    async choose(toggle, option) {
      await toggle.click()
      await menuItem(option).click()
    },
    row,
    async rowAction(text, action) {
      await row(text)
        .getByRole('button', { name: /kebab toggle/i })
        .click()
      await menuItem(action).click()
    },
    tick,
    async headAction(action) {
      await named('action-dropdown').click()
      await menuItem(action).click()
    },
    dialog,
    async assignRoles(kind, names) {
      await named('add-role-mapping-button').first().click()
      await named(kind === 'realm' ? 'roles-role' : 'client-role').click()
      for (const name of names) {
        await search(name, dialog())
        await tick(name, dialog())
      }
      await named('assign').click()
    },
    search,
    confirm: () => named('confirm').click(),
    async told(text) {
      const alert = page.locator('.pf-v5-c-alert-group .pf-v5-c-alert').filter({ hasText: text }).first()
      await alert.waitFor()
      await alert.getByRole('button').first().click()
      await alert.waitFor({ state: 'detached' })
    },
  }
}
