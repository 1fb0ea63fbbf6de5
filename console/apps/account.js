/** The Account Console: the library brings the pages; header, navigation and the frame around them are put together here. */
import { Header, KeycloakProvider, PageNav, routes } from '@keycloak/keycloak-account-ui'
import { createElement, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { createBrowserRouter, Navigate, Outlet, RouterProvider } from 'react-router-dom'
import '@patternfly/patternfly/patternfly-base.css'
import '@patternfly/patternfly/patternfly-addons.css'
import 'account-ui.css'
import './console.css'
import { followColorScheme } from './dark-mode.js'
import { environment } from './environment.js'
import { supplyCrypto } from './insecure-context.js'
import { loadTexts } from './texts.js'

/** Pages that the realm or the person's rights leave out; the library leaves them out of the menu alone. */
const switches = {
  'account-security/linked-accounts': 'isLinkedAccountsEnabled',
  applications: 'isViewApplicationsEnabled',
  groups: 'isViewGroupsEnabled',
  organizations: 'isViewOrganizationsEnabled',
  resources: 'isMyResourcesEnabled',
  'verifiable-credentials': 'isOid4VciEnabled',
}

/** From this width on the navigation stands beside the page (PatternFly's breakpoint xl). */
const wide = window.matchMedia('(min-width: 1200px)')

function setSidebar(open) {
  const { classList } = document.querySelector('.pf-v5-c-page__sidebar') ?? {}
  classList?.toggle('pf-m-expanded', open)
  classList?.toggle('pf-m-collapsed', !open)
}

function prepareSidebar() {
  setSidebar(wide.matches)
  wide.addEventListener('change', ({ matches }) => setSidebar(matches))
  document.addEventListener('click', ({ target }) => {
    if (!(target instanceof Element)) return
    const isOpen = document.querySelector('.pf-v5-c-page__sidebar')?.classList.contains('pf-m-expanded')
    if (target.closest('#nav-toggle')) setSidebar(!isOpen)
    else if (!wide.matches && target.closest('.pf-v5-c-nav__link[href]')) setSidebar(false)
  })
}

const page = () =>
  createElement(
    KeycloakProvider,
    { environment },
    createElement(
      'div',
      { className: 'pf-v5-c-page', ref: (element) => element !== null && prepareSidebar() },
      createElement(Header),
      createElement(PageNav),
      createElement('main', { className: 'pf-v5-c-page__main' }, createElement(Suspense, { fallback: null }, createElement(Outlet))),
    ),
  )

const div = (className, ...children) => createElement('div', { className }, ...children)

/** What stands in the place of a page that cannot be shown: the person may lack the account's roles, or the server be gone. */
const failed = () =>
  div(
    'pf-v5-c-backdrop',
    div(
      'pf-v5-l-bullseye',
      createElement(
        'main',
        { className: 'pf-v5-c-modal-box pf-m-danger pf-m-sm', role: 'alert' },
        createElement(
          'header',
          { className: 'pf-v5-c-modal-box__header' },
          createElement('h1', { className: 'pf-v5-c-modal-box__title' }, texts.t('somethingWentWrong')),
        ),
        div('pf-v5-c-modal-box__body', texts.t('somethingWentWrongDescription')),
        createElement(
          'footer',
          { className: 'pf-v5-c-modal-box__footer' },
          createElement('a', { className: 'pf-v5-c-button pf-m-primary', href: environment.baseUrl }, texts.t('tryAgain')),
        ),
      ),
    ),
  )

supplyCrypto()
followColorScheme()
const texts = await loadTexts('account')

const path = decodeURIComponent(new URL(environment.baseUrl).pathname)
const shown = routes.filter((route) => switches[route.path] === undefined || environment.features[switches[route.path]])
const home = createElement(Navigate, { to: path, replace: true })
const router = createBrowserRouter([
  { path, element: createElement(page), children: [...shown, { path: '*', element: home }], errorElement: createElement(failed) },
])
createRoot(document.getElementById('app')).render(createElement(RouterProvider, { router }))
