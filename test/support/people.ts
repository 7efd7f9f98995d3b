import { Clock } from '../../src/core/clock.js'
import { vendors } from '../../src/vendors/registry.js'
import { profilesOf, type Vendor } from '../../src/vendors/vendor.js'
import { start } from './emulate.js'
import { giving as givenByPortsip } from './portsip.js'
import type { People } from './trial.js'

const people: Readonly<Record<string, People>> = {
  thiio: {
    who: { login: 'admin@thiio.com', password: '123456789', tenant: null },
    newcomer: {
      login: 'new@thiio.com',
      password: 'Newc0mer!',
      tenant: null,
      entry: { email: 'new@thiio.com', password: 'Newc0mer!' },
    },
  },
  babelfor: {
    who: { login: 'admin', password: 'admin', tenant: null },
    newcomer: {
      login: 'new',
      password: 'Newc0mer!',
      tenant: null,
      entry: { userName: 'new', password: 'Newc0mer!' },
    },
  },
  portsip: {
    who: { login: 'alice.w', password: 'Passw0rd!', tenant: 'example.com' },
    elsewhere: 'example.org',
    newcomer: {
      login: 'new',
      password: 'Newc0mer!',
      tenant: 'example.com',
      entry: { username: 'new', domain: 'example.com', role: 'StandardUser', password: 'Newc0mer!' },
    },
    move: { domain: 'example.org' },
    giving: givenByPortsip,
    // Its names have no @.
    stranger: 'faveo',
  },
  faveo: {
    who: { login: 'demoadmin', password: 'demopass', tenant: null },
    query: { api_key: 'q3ZbX0uTgR7mYc1LkE9oWd5JpHs2VfAn' },
    newcomer: {
      login: 'new',
      password: 'Newc0mer!',
      tenant: null,
      entry: { user_name: 'new', password: 'Newc0mer!' },
    },
  },
  tavio: {
    who: { login: 'john.doe@example.com', password: 'john.doe.password', tenant: 'acme', environment: 'acme-prod' },
    elsewhere: 'globex',
    newcomer: {
      login: 'new@example.com',
      password: 'Newc0mer!',
      tenant: 'acme',
      environment: 'acme-prod',
      entry: {
        username: 'new',
        email: 'new@example.com',
        memberships: [{ orgDomain: 'acme', roles: [], environments: ['acme-prod'] }],
        password: 'Newc0mer!',
      },
    },
  },
}

/** Somebody of another vendor, the next one if no other is named. */
export function strangerTo(vendor: Vendor) {
  const { stranger } = peopleOf(vendor)
  const named = vendors.find(({ name }) => name === stranger)
  return peopleOf(named ?? vendors[(vendors.indexOf(vendor) + 1) % vendors.length]).who
}

export function peopleOf(vendor: Pick<Vendor, 'name'> | undefined): People {
  const known = people[vendor?.name ?? '']
  if (!known) throw new Error(`nobody of ${vendor?.name} is known here`)
  return known
}

/** Settings that change outcomes, with the profile under which they do. */
const variants: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  babelfor: [{ failureStatus: 401, statelessLogout: true, indent: true, ignoreDefaultValues: true }],
  portsip: [{ profile: '22.2', lockout: false }],
  faveo: [
    { errorKey: 'Error', legacyExpiredBody: true, apiKeyMandatory: true },
    { apiEnabled: false, apiKeyMandatory: true },
  ],
  thiio: [{ badCredentials: 422, requireIntegration: true }],
}

const profileOf = ({ profile }: Readonly<Record<string, unknown>>) => (profile === undefined ? {} : { profile })

/** Every vendor in each of its profiles and, beside those, under settings that change outcomes. */
export const profiles = vendors.flatMap((vendor) => {
  const named = profilesOf(vendor)
  const plain = named.length === 0 ? [{}] : named.map((profile) => ({ profile }))
  const others = (variants[vendor.name] ?? []).map((given) => ({ vendor, given, apartFrom: profileOf(given) }))
  return [...plain.map((given) => ({ vendor, given, apartFrom: null })), ...others]
})

/** Of each world its own, so that one can be ahead of the others. */
export function frozen(): Clock {
  const clock = new Clock()
  clock.freeze(start)
  return clock
}
