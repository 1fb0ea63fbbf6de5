/** What the server has written into the page: addresses, realm, client, features. */
export const environment = JSON.parse(document.getElementById('environment')?.textContent ?? '{}')
