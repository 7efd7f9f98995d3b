import { flagOf, OptionError, readOptions, variableOf } from './options.js'

const permission = 'allowProduction'

/**
 * Keeps the server out of a deployment that it got into by mistake, where it would let in everybody who has read its
 * documentation. Throws `OptionError`.
 */
export function assertNotProduction(allowed: boolean, environment = process.env): void {
  if (environment.NODE_ENV !== 'production' || allowed) return
  const variable = variableOf(permission)
  // A program may start the server, and then nobody else has read the variable.
  if (readOptions({}, { [variable]: environment[variable] })[permission]) return
  throw new OptionError(
    `NODE_ENV is production, and this is a server for tests, whose keys and passwords are published; ${variable}=1 or ${flagOf(permission)} starts it all the same`,
  )
}
