import { Type } from '@sinclair/typebox'

const anything = (description: string) => Type.Optional(Type.Unknown({ description }))

const apiKey = anything('the API key of the installation; looked at only where it is mandatory')

/** Nothing is validated: what is missing or no text belongs to nobody. */
export const Credentials = Type.Object({
  username: anything('text: user name or e-mail address'),
  password: anything('text'),
  api_key: apiKey,
})

export const WithToken = Type.Object({
  token: anything('text: the token, where no header carries it'),
  api_key: apiKey,
})

const flag = Type.Union([Type.Literal(0), Type.Literal(1)])
const maybe = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()])
const date = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}$', description: 'UTC' })
const isoDate = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.000000Z$' })

const closed = { additionalProperties: false }

const columns = {
  id: Type.Integer(),
  user_name: Type.String(),
  first_name: Type.String(),
  last_name: Type.String(),
  gender: flag,
  email: Type.String(),
  ban: flag,
  active: flag,
  is_delete: flag,
  ext: Type.String(),
  country_code: maybe(Type.Integer()),
  phone_number: Type.String(),
  mobile: maybe(Type.String()),
  agent_sign: Type.String(),
  account_type: Type.String(),
  account_status: Type.String(),
  assign_group: maybe(Type.Integer()),
  primary_dpt: maybe(Type.Integer()),
  agent_tzone: Type.String(),
  daylight_save: Type.String(),
  limit_access: Type.String(),
  directory_listing: Type.String(),
  vacation_mode: Type.String(),
  company: Type.String(),
  role: Type.String(),
  internal_note: Type.String(),
  profile_pic: Type.String(),
}

const language = { user_language: maybe(Type.String()) }

export const User = Type.Object({ ...columns, created_at: date, updated_at: date, ...language }, closed)
/** As a release before the column `user_language` has it. */
export const User19 = Type.Object({ ...columns, created_at: date, updated_at: date }, closed)
export const User2 = Type.Object({ ...columns, created_at: isoDate, updated_at: isoDate, ...language }, closed)

/** `user_id` is the whole user. */
export const Authenticated = Type.Object({ token: Type.String(), user_id: User }, closed)
export const Authenticated19 = Type.Object({ token: Type.String(), user_id: Type.Integer() }, closed)
export const Authenticated2 = Type.Object({ token: Type.String(), user_id: User2 }, closed)
export const AuthenticateResponse = Type.Object({
  token: Type.String(),
  user_id: Type.Union([User, User19, Type.Integer()]),
})

export const Identified = Type.Object({ user: User }, closed)
export const Identified19 = Type.Object({ user: User19 }, closed)
export const Identified2 = Type.Object({ user: User2 }, closed)
export const AuthenticatedUserResponse = Type.Object({ user: Type.Union([User, User19]) })

export const CheckUrlResponse = Type.Object({ status: Type.Literal('success') }, closed)
export const ApiKeyResponse = Type.Object({ result: Type.String({ pattern: '^[A-Za-z0-9]{32}$' }) }, closed)

const shared = [
  Type.Object({ error: Type.String(), status_code: Type.Integer() }, closed),
  Type.Object({ Error: Type.String(), status_code: Type.Integer() }, closed),
  Type.Object({ error: Type.String() }, closed),
  Type.Object({ result: Type.String() }, closed),
]

export const ErrorResponse = Type.Union([
  ...shared,
  Type.Object({ success: Type.Literal(false), message: Type.String() }, closed),
])

export const ErrorResponse19 = Type.Union([
  ...shared,
  Type.Object({ status: Type.Literal('404') }, closed),
  Type.Array(Type.Union([Type.Literal('user_not_found'), Type.Literal(404)]), { minItems: 2, maxItems: 2 }),
])
