import { Type } from '@sinclair/typebox'

export const oauthTokenPath = '/api/login/oauth/token'

/** Operations of 22.2 that take a token from the body. */
export const sendOtpPath = '/api/auth/send_otp'
export const verifyOtpPath = '/api/auth/verify_otp'
export const refreshTokenPath = '/api/auth/refresh_token'
export const resetPasswordPath = '/api/auth/reset_password'

/** The one client that the documentation knows. */
export const clientId = '9d806019-75b2-4b3d-bb8b-f5a3a412cc0a'

export const Username = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: "^(?!\\.)[A-Za-z0-9_.'-]+(?<!\\.)$",
  description: 'letters, digits, underscore, dash, single quote and period; no period at either end',
})

export const Domain = Type.String({
  minLength: 1,
  maxLength: 280,
  description: 'SIP domain of the tenant; left out by system accounts',
})

export const Role = Type.String({ minLength: 1, maxLength: 64, description: 'a built-in role or a custom one' })

export const LoginRequest = Type.Object({
  username: Username,
  password: Type.String(),
  // The page About: blank fields are explicitly included as null.
  domain: Type.Optional(Type.Union([Domain, Type.Null()])),
})

export const LoginStatus = Type.Object(
  {
    access_token: Type.String({ description: 'to be sent as `Authorization: Bearer`' }),
    expires_at: Type.String({
      pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$',
      description: 'RFC 3339, in UTC with whole seconds',
    }),
    expires_in: Type.Integer({ minimum: 0, maximum: 2_147_483_647, description: 'seconds left' }),
    role: Role,
  },
  { additionalProperties: false },
)

const client_id = Type.Literal(clientId)

export const OAuthRequest = Type.Union([
  Type.Object({
    grant_type: Type.Literal('password'),
    username: Username,
    password: Type.String(),
    domain: Type.Optional(Domain),
    scope: Type.Literal('all'),
    client_id,
  }),
  Type.Object({
    grant_type: Type.Literal('refresh_token'),
    refresh_token: Type.String({ minLength: 1 }),
    client_id,
  }),
])

const oauthToken = Type.String({ pattern: '^[A-Z0-9]{48}$' })

export const OAuthResponse = Type.Object(
  {
    access_token: oauthToken,
    expires_in: Type.Integer({ description: 'seconds' }),
    refresh_token: oauthToken,
    token_type: Type.Literal('Bearer'),
  },
  { additionalProperties: false },
)

const present = Type.String({ minLength: 1 })

export const SignInQuery = Type.Object({
  qr: Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')], { default: 'false' })),
})

export const AuthTokens = Type.Object(
  {
    token_type: Type.Literal('Bearer'),
    access_token: oauthToken,
    refresh_token: oauthToken,
    expires_in: Type.Integer({ description: 'seconds' }),
  },
  { additionalProperties: false },
)

/** What sign_in answers where a code is wanted as well. */
export const TwoFactor = Type.Object(
  { two_factor_enabled: Type.Literal(true), token: oauthToken },
  { additionalProperties: false },
)

export const SendOtpRequest = Type.Object({ token: present })

export const VerifyOtpRequest = Type.Object({ token: present, code: present })

export const RefreshRequest = Type.Object({ refresh_token: present })

export const ForgetPasswordRequest = Type.Object({ domain: Domain, username: Username, callback_url: present })

export const ResetPasswordRequest = Type.Object({
  token: present,
  new_password: Type.String({ description: 'as the password policy wants it' }),
})

export const AuthUser = Type.Object(
  { role: Role, password_verified: Type.Boolean(), password_force_reset: Type.Boolean() },
  { additionalProperties: false },
)

export const InfoQuery = Type.Object({ domain: Type.Optional(Domain) })

// "Blank fields are explicitly included as null values", says the vendor's page About, of every answer.
const blankable = Type.Union([Type.String(), Type.Null()])

const systemInfo = {
  web_domain: blankable,
  private_ipv4: blankable,
  public_ipv4: blankable,
  enable_ipv6: Type.Boolean(),
  private_ipv6: blankable,
  public_ipv6: blankable,
  primary_dns_server: blankable,
  secondary_dns_server: blankable,
}

export const SystemInfo = Type.Object(systemInfo, { additionalProperties: false })

export const TenantInfo = Type.Object(
  {
    ...systemInfo,
    name: Type.String(),
    domain: Type.String(),
    website: blankable,
    avatar_url: blankable,
    enable_ms365_integration: Type.Boolean(),
    ms365_authorization_endpoint: blankable,
  },
  { additionalProperties: false },
)

export const Info = Type.Union([SystemInfo, TenantInfo])

export const User = Type.Object(
  { id: Type.String(), name: Type.String(), email: blankable, display_name: blankable, role: Role },
  { additionalProperties: false },
)

export const ErrorResponse = Type.Object(
  {
    errors: Type.Array(Type.Object({ code: Type.String(), message: Type.String() }, { additionalProperties: false }), {
      minItems: 1,
    }),
  },
  { additionalProperties: false },
)
