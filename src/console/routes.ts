import type { Route } from '../http/routes.ts'
import { adminPageRoutes } from './admin-page.ts'
import { consoleResourceRoutes } from './resources.ts'
import type { ConsoleServices } from './services.ts'
import { consoleTextRoutes } from './texts.ts'
import { welcomeRoutes } from './welcome.ts'

export const consoleRoutes: readonly Route<ConsoleServices>[] = [
  ...welcomeRoutes,
  ...adminPageRoutes,
  ...consoleResourceRoutes,
  ...consoleTextRoutes,
]
