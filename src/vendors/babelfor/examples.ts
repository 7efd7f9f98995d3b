import type { Static } from '@sinclair/typebox'
import { ok } from './render.js'
import type { User } from './wire.js'

const id = '8f3b6c1e-2d47-4a59-9c0e-5b1d7a2f4e60'

/** Claims of the example user; signed with no key of anyone. */
export const exampleToken =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI4ZjNiNmMxZS0yZDQ3LTRhNTktOWMwZS01YjFkN2EyZjRlNjAifQ.c2lnbmF0dXJl'

export const exampleApiKey = {
  id: 1,
  name: 'admin API Key',
  key: 'api_000000000000000000000000',
  clientSecret: null,
  createdDate: '2019-08-24T14:15:22Z',
  expireDate: null,
  ownerId: id,
  revoked: false,
  permissions: 15,
  description: null,
}

const exampleUser: Static<typeof User> = {
  id,
  userName: 'admin',
  email: 'admin@email.com',
  phoneNumber: null,
  title: null,
  firstName: null,
  lastName: null,
  department: null,
  birthDate: null,
  createdAt: null,
  updatedAt: null,
  lastDismissMessages: null,
  lastLogIn: '2019-08-24T14:15:22Z',
  rank: null,
  image: null,
  address: null,
  postalCode: null,
  region: null,
  city: null,
  country: null,
  countryCode: null,
  mobile: null,
  notes: null,
  customerId: null,
  roles: ['Administrator'],
  apiKeys: [exampleApiKey],
  settings: [],
}

export const exampleUserResponse = { ...ok, user: exampleUser }

export const exampleRoles = [{ id: '3d6a1f0b-7c25-4e8b-a9d4-60f2b8c1e501', name: 'Administrator' }]
