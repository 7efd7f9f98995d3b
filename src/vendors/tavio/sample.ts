import type { Identity, Presented, Sample } from '../vendor.js'

/** An operation of the organization that the token is for. */
export const inOrganization = ({ tenant }: Presented): Sample => ({ params: { orgDomain: tenant ?? '' } })

/** An operation of an environment of it. */
export const inEnvironment = ({ tenant, environment }: Presented): Sample => ({
  params: { orgDomain: tenant ?? '', envDomain: environment ?? '' },
})

/** A login there. */
export const logIn = ({ login: username, password, tenant }: Identity): Sample => ({
  params: { orgDomain: tenant ?? '' },
  body: JSON.stringify({ username, password }),
  contentType: 'application/json',
})
