import { Type } from '@sinclair/typebox'
import { dateTimePattern } from '../../dialects/newtonsoft.js'

export const guid = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
const int32 = Type.Integer({ minimum: -2_147_483_648, maximum: 2_147_483_647 })
const dateTime = Type.String({ pattern: dateTimePattern, description: 'ISO 8601 in UTC' })

const text = Type.Union([Type.String(), Type.Null()])
const number = Type.Union([int32, Type.Null()])
const instant = Type.Union([dateTime, Type.Null()])
const base64 = Type.Union([
  Type.String({ pattern: '^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$' }),
  Type.Null(),
])

/** `permissions` is a bit field: Read 1, Write 2, Delete 4, Create 8. */
export const apiKeyFields = {
  id: int32,
  name: text,
  key: Type.String(),
  clientSecret: text,
  createdDate: dateTime,
  expireDate: instant,
  ownerId: text,
  revoked: Type.Boolean(),
  permissions: int32,
  description: text,
}

export const settingFields = {
  id: int32,
  category: text,
  group: text,
  name: text,
  value: text,
  type: text,
  description: text,
  readOnly: Type.Boolean(),
  userId: text,
}

/** What a user is, in the order of the documentation, before roles, keys and settings. */
export const personFields = {
  userName: Type.String(),
  email: text,
  phoneNumber: text,
  title: text,
  firstName: text,
  lastName: text,
  department: text,
  birthDate: instant,
  createdAt: instant,
  updatedAt: instant,
  lastDismissMessages: instant,
  lastLogIn: instant,
  rank: number,
  image: base64,
  address: text,
  postalCode: text,
  region: text,
  city: text,
  country: text,
  countryCode: text,
  mobile: text,
  notes: text,
  customerId: number,
}

export const ApiKey = Type.Object(apiKeyFields, { additionalProperties: false })
export const Setting = Type.Object(settingFields, { additionalProperties: false })
export const Role = Type.Object({ id: Type.String(), name: Type.String() }, { additionalProperties: false })

export const User = Type.Object(
  {
    id: Type.String({ pattern: guid }),
    ...personFields,
    roles: Type.Array(Type.String(), { description: 'names of roles' }),
    apiKeys: Type.Array(ApiKey),
    settings: Type.Array(Setting),
  },
  { additionalProperties: false },
)

// Requests: classes whose members may all be absent, because no page marks one as required.

export const SettingInput = Type.Partial(Type.Object(settingFields))
export const ApiKeyInput = Type.Partial(Type.Object(apiKeyFields))
export const UserInput = Type.Partial(
  Type.Object({
    id: Type.String(),
    ...personFields,
    roles: Type.Array(Type.String()),
    apiKeys: Type.Array(ApiKeyInput),
    settings: Type.Array(SettingInput),
  }),
)

export const LoginRequest = Type.Partial(Type.Object({ username: Type.String(), password: Type.String() }))
export const UpdateUserSettingsRequest = Type.Partial(Type.Object({ user: UserInput }))
export const InsertApiKeyRequest = Type.Partial(Type.Object({ apiKey: ApiKeyInput }))
/** The one body that may be left out. */
export const LogoutRequest = Type.Union([Type.Object({}), Type.Null()])

const count = '^\\d{1,9}$'
export const ListQuery = Type.Partial(
  Type.Object({
    take: Type.String({ pattern: count, description: 'how many at most; 0: all' }),
    skip: Type.String({ pattern: count, description: 'how many to leave out first' }),
  }),
)

// Responses.

const envelope = { success: Type.Boolean(), code: Type.Integer(), message: text }
const response = <P extends Parameters<typeof Type.Object>[0]>(members: P) =>
  Type.Object({ ...envelope, ...members }, { additionalProperties: false })

export const LoginResponse = response({
  token: Type.String(),
  expiresIn: Type.Integer({ description: 'seconds' }),
})
export const UserResponse = response({ user: User })
export const LogoutResponse = response({})
export const RolesResponse = response({ roles: Type.Array(Role), totalRolesCount: Type.Integer() })
export const ApiKeysResponse = response({ apiKeys: Type.Array(ApiKey), totalApiKeysCount: Type.Integer() })
export const ApiKeyResponse = response({ apiKey: ApiKey })

export const Failure = Type.Object(
  { success: Type.Boolean(), code: Type.Integer(), message: Type.String() },
  { additionalProperties: false },
)

const problem = { type: Type.String(), title: Type.String(), status: Type.Integer(), traceId: Type.String() }
export const ProblemDetails = Type.Object(problem, { additionalProperties: false })
export const ValidationProblemDetails = Type.Object(
  { ...problem, errors: Type.Record(Type.String(), Type.Array(Type.String())) },
  { additionalProperties: false },
)

export const ErrorResponse = Type.Union([Failure, ProblemDetails, ValidationProblemDetails])
