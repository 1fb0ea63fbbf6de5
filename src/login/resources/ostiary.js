// What the pages do better with JavaScript. Every one of them works without it.

/** Shows and hides a password. */
for (const button of document.querySelectorAll('[data-password-toggle]')) {
  const input = document.getElementById(button.getAttribute('aria-controls'))
  if (!input) continue
  button.hidden = false
  button.addEventListener('click', () => {
    const show = input.type === 'password'
    input.type = show ? 'text' : 'password'
    button.setAttribute('aria-label', show ? button.dataset.labelHide : button.dataset.labelShow)
    button.firstElementChild.classList.toggle('kc-icon-eye', !show)
    button.firstElementChild.classList.toggle('kc-icon-eye-slash', show)
  })
}

/** A second click must not send a form twice. Coming back to the page by the back button makes it usable again. */
for (const form of document.querySelectorAll('form[data-submit-once]')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent !== undefined) event.preventDefault()
    form.dataset.sent = ''
  })
}
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent
})

/** The answer to a form has an address without it: a reload sends nothing again. */
const { address } = document.body.dataset
if (address) history.replaceState({}, '', address)

/** The list of languages closes when something else is clicked, and with Escape. */
const languages = document.getElementById('kc-locale-dropdown')
if (languages) {
  document.addEventListener('click', (event) => {
    if (!languages.contains(event.target)) languages.open = false
  })
  languages.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !languages.open) return
    languages.open = false
    languages.querySelector('summary').focus()
  })
}

/** Recovery codes can be printed, saved and copied, and are taken as read only when the person says so. */
const codeActions = document.querySelector('[data-code-actions]')
if (codeActions) {
  const codes = () => [...document.querySelectorAll('#kc-recovery-codes-list li')].map((item, index) => `${index + 1}: ${item.textContent}`)
  const { header, description, date, copied } = codeActions.dataset
  const letter = () =>
    [header, '', ...codes(), '', description, '', `${date} ${new Date().toLocaleString(document.documentElement.lang)}`].join('\r\n')
  const click = (id, work) => document.getElementById(id)?.addEventListener('click', work)
  codeActions.hidden = false
  click('printRecoveryCodes', () => print())
  click('downloadRecoveryCodes', () => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([letter()], { type: 'text/plain' }))
    link.download = 'kc-download-recovery-codes.txt'
    link.click()
    URL.revokeObjectURL(link.href)
  })
  click('copyRecoveryCodes', async ({ currentTarget }) => {
    await navigator.clipboard.writeText(codes().join('\r\n'))
    currentTarget.textContent = copied
  })
  const read = document.getElementById('kcRecoveryCodesConfirmationCheck')
  const save = document.getElementById('saveRecoveryAuthnCodesBtn')
  if (read && save) {
    const follow = () => {
      save.disabled = !read.checked
    }
    read.addEventListener('change', follow)
    follow()
  }
}

/** Copies what stands in a field. */
for (const button of document.querySelectorAll('[data-copy]')) {
  const field = document.getElementById(button.dataset.copy)
  if (!field) continue
  button.hidden = false
  button.addEventListener('click', async () => {
    field.select()
    await navigator.clipboard.writeText(field.value)
    button.textContent = button.dataset.copied
  })
}

/** After a logout in frames: goes on when every application has been told, or after a while without the slow ones. */
const next = document.querySelector('[data-follow-when-loaded] a')
if (next) {
  const patienceMs = 5_000
  const follow = () => location.replace(next.href)
  const frames = [...document.querySelectorAll('iframe')]
  if (document.readyState === 'complete' || frames.length === 0) follow()
  else addEventListener('load', follow)
  setTimeout(follow, patienceMs)
}
