/** Talks to authenticators for the pages that ask for passkeys. What to ask for stands in attributes of the page's form. */

const decode = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))

const encode = (buffer) => {
  let text = ''
  for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte)
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

const decodeIds = (list) => list?.map((known) => ({ ...known, id: decode(known.id) }))

/** Puts values into the form's hidden fields and sends it. */
const send = (form, values) => {
  for (const [name, value] of Object.entries(values)) form.elements.namedItem(name).value = value ?? ''
  form.submit()
}

const isSupported = () => window.PublicKeyCredential !== undefined

const create = async (form) => {
  if (!isSupported()) return send(form, { error: form.dataset.webauthnUnsupported })
  const options = JSON.parse(form.dataset.webauthnCreate)
  const publicKey = {
    ...options,
    challenge: decode(options.challenge),
    user: { ...options.user, id: decode(options.user.id) },
    excludeCredentials: decodeIds(options.excludeCredentials),
  }
  try {
    const made = await navigator.credentials.create({ publicKey })
    const { webauthnLabel, webauthnLabelPrompt } = form.dataset
    send(form, {
      clientDataJSON: encode(made.response.clientDataJSON),
      attestationObject: encode(made.response.attestationObject),
      publicKeyCredentialId: encode(made.rawId),
      authenticatorLabel: window.prompt(webauthnLabelPrompt, webauthnLabel) ?? webauthnLabel,
      transports: made.response.getTransports?.().join(',') ?? '',
      authenticatorAttachment: made.authenticatorAttachment ?? '',
    })
  } catch (error) {
    send(form, { error: String(error) })
  }
}

const get = async (form, more) => {
  if (!isSupported()) return send(form, { error: form.dataset.webauthnUnsupported })
  const options = JSON.parse(form.dataset.webauthnGet)
  const publicKey = { ...options, challenge: decode(options.challenge), allowCredentials: decodeIds(options.allowCredentials) }
  try {
    const found = await navigator.credentials.get({ ...more, publicKey })
    const { clientDataJSON, authenticatorData, signature, userHandle } = found.response
    send(form, {
      clientDataJSON: encode(clientDataJSON),
      authenticatorData: encode(authenticatorData),
      signature: encode(signature),
      credentialId: encode(found.rawId),
      userHandle: userHandle === null ? '' : encode(userHandle),
    })
  } catch (error) {
    // A request in the background is given up when the button is pressed or the page is left: nobody asked for anything.
    if (more.mediation === undefined) send(form, { error: String(error) })
  }
}

const registration = document.querySelector('form[data-webauthn-create]')
document.getElementById('registerWebAuthn')?.addEventListener('click', () => create(registration), { once: true })

const login = document.querySelector('form[data-webauthn-get]')
if (login !== null) {
  const background = new AbortController()
  const mediation = login.dataset.webauthnMediation
  document.getElementById('authenticateWebAuthnButton')?.addEventListener(
    'click',
    () => {
      background.abort()
      void get(login, {})
    },
    { once: true },
  )
  if (mediation && (await window.PublicKeyCredential?.isConditionalMediationAvailable?.())) {
    void get(login, { mediation, signal: background.signal })
  }
}
