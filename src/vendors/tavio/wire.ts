import { Type } from '@sinclair/typebox'

const uuid = Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' })

export const InOrganisation = Type.Object({ orgDomain: Type.String({ description: 'domain of the organization' }) })

export const InEnvironment = Type.Object({
  orgDomain: Type.String({ description: 'domain of the organization' }),
  envDomain: Type.String({ description: 'domain of the environment' }),
})

export const LoginRequest = Type.Object({
  username: Type.String({ minLength: 1, description: 'user name or e-mail address' }),
  password: Type.String({ minLength: 1 }),
})

const userFields = {
  id: uuid,
  username: Type.String(),
  email: Type.String(),
  firstName: Type.String(),
  lastName: Type.String(),
  status: Type.String(),
  mfaRequired: Type.Boolean(),
  mfaConfigured: Type.Boolean(),
  changePassword: Type.Boolean(),
  invite_expired: Type.Boolean(),
  favorite: Type.Array(Type.String()),
}

export const User = Type.Object(userFields, { additionalProperties: false })

export const UserWithRoles = Type.Object(
  { ...userFields, roles: Type.Array(Type.String()) },
  { additionalProperties: false },
)

const expiresIn = Type.Integer({ description: 'seconds' })

export const LoginResponse = Type.Object(
  { token: uuid, expires_in: expiresIn, user: User },
  { additionalProperties: false },
)

export const RenewResponse = Type.Object({ token: uuid, expires_in: expiresIn }, { additionalProperties: false })

export const ConnectResponse = Type.Object(
  { token: uuid, context: Type.String(), expires_in: expiresIn, message: Type.String() },
  { additionalProperties: false },
)

export const Users = Type.Array(User)

export const ErrorResponse = Type.Object(
  {
    status: Type.Integer(),
    error: Type.String(),
    message: Type.String(),
    path: Type.String(),
    timestamp: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$' }),
  },
  { additionalProperties: false },
)
