import { Type } from '@sinclair/typebox'

export const Uuid = Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' })

/** UTC without a zone, unlike the ISO form that Laravel has by default. */
const timestamp = Type.String({
  pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01]) ([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d$',
})

const zeroOrOne = Type.Union([Type.Literal(0), Type.Literal(1)])

const textOrNull = Type.Union([Type.String(), Type.Null()])
const timestampOrNull = Type.Union([timestamp, Type.Null()])

/**
 * Laravel takes a value of any type and judges it itself, so nothing is checked here; the `type` is for readers.
 * The revisions of the page spell the names both ways.
 */
const written = (description: string) => Type.Optional(Type.Unknown({ type: 'string', description }))

export const LoginRequest = Type.Object({
  email: written('required; the email of the user'),
  password: written('required; the password for the email'),
  integration: written('`zapier`; ignored unless the setting requireIntegration is on'),
  domain: written('accepted and ignored'),
  Email: written('an older spelling of email'),
  Password: written('an older spelling of password'),
  Domain: written('accepted and ignored'),
})

export const Metadata = Type.Object({
  language: Type.String(),
  dashboards: Type.Object({ default: Type.String(), favorites: Type.Array(Type.String()) }),
  date_format: Type.String(),
  workspace_type: Type.String(),
  test_token_time: Type.Integer(),
  worker_attributes: Type.Object({
    lucas_uri: Type.String(),
    contact_uri: Type.String(),
    inbound_calls: Type.Integer(),
    inbound_conversations: Type.Integer(),
  }),
})

export const User = Type.Object(
  {
    id: Type.Integer({ minimum: 1 }),
    uuid: Uuid,
    contact_id: Type.Integer(),
    type: Type.String(),
    email: Type.String({ minLength: 1 }),
    email_verified_at: timestampOrNull,
    password: Type.String({ description: 'the bcrypt hash: the vendor really sends it' }),
    metadata: Metadata,
    integrations_meta: Type.Union([Type.Object({}), Type.Null()]),
    dialer_extension: textOrNull,
    dialer_worker_sid: Type.String(),
    dialer_activity_sid: Type.String(),
    dialer_activity_name: Type.String(),
    remember_token: textOrNull,
    welcome_email_sent: zeroOrOne,
    two_factor_enabled: zeroOrOne,
    two_factor_secret_key: textOrNull,
    deactivated_at: timestampOrNull,
    created_at: timestamp,
    updated_at: timestamp,
    deleted_at: timestampOrNull,
    uri: Type.String(),
  },
  { additionalProperties: false },
)

export const LoginResponse = Type.Object(
  {
    data: Type.Object(
      {
        user: User,
        token: Type.String({ pattern: '^[\\w-]+\\.[\\w-]+\\.[\\w-]+$', description: 'a JWT, RS256' }),
        expires: Type.Integer({ description: 'Unix seconds' }),
        setup_finished: Type.Boolean(),
        integration_uuid: Uuid,
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
)

export const CheckResponse = Type.Object({ user: User }, { additionalProperties: false })

export const ErrorResponse = Type.Object(
  { message: Type.String(), errors: Type.Optional(Type.Record(Type.String(), Type.Array(Type.String()))) },
  { additionalProperties: false },
)
