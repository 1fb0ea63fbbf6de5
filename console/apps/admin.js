/** The Admin Console: the library brings pages, navigation and requests; this file puts it onto the page. */
import { AdminUi, KeycloakProvider, routes } from '@keycloak/keycloak-admin-ui'
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { createHashRouter, RouterProvider } from 'react-router-dom'
import '@patternfly/patternfly/patternfly-base.css'
import '@patternfly/patternfly/patternfly-addons.css'
import '@keycloak/keycloak-admin-ui/styles.css'
import 'admin-index.css'
import './console.css'
import { followColorScheme } from './dark-mode.js'
import { environment } from './environment.js'
import { supplyCrypto } from './insecure-context.js'
import { loadTexts } from './texts.js'

supplyCrypto()
followColorScheme()
await loadTexts('admin')

const root = createElement(KeycloakProvider, { environment }, createElement(AdminUi))
const router = createHashRouter([{ path: '/', element: root, children: routes }])
createRoot(document.getElementById('app')).render(createElement(RouterProvider, { router }))
