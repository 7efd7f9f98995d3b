import type { Identity, Sample } from '../vendor.js'
import { formType } from './form.js'
import { clientId } from './wire.js'

const inJson = (body: object): Sample => ({ body: JSON.stringify(body), contentType: 'application/json' })

/** A login of a tenant's user or, without tenant, of a system account. */
export const logIn = ({ login: username, password, tenant }: Identity): Sample =>
  inJson({ username, password, ...(tenant !== null && { domain: tenant }) })

/** The same by OAuth's password grant. */
export const logInByForm = ({ login: username, password, tenant }: Identity): Sample => ({
  body: String(
    new URLSearchParams({
      grant_type: 'password',
      username,
      password,
      ...(tenant !== null && { domain: tenant }),
      scope: 'all',
      client_id: clientId,
    }),
  ),
  contentType: formType,
})

/** Somebody who does not know the password. */
export const forget = ({ login: username, tenant }: Identity): Sample =>
  inJson({ domain: tenant, username, callback_url: 'https://example.com/reset' })
