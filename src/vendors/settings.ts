import { type Static, type TObject, type TProperties, type TSchema, Type, TypeGuard } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { RealmTypes } from '../core/realm.js'

/** No address, and not the name that the emulator itself goes by; `*.` stands for one label. */
const hostName = {
  pattern: '^(?!localhost$)(\\*\\.)?([A-Za-z0-9-]+\\.)*[A-Za-z0-9-]*[A-Za-z][A-Za-z0-9-]*$',
  description: 'a host name such as auth.example.com, or *.example.com for one label before it',
}
const maximum = 2_147_483_647

/** Settings that every vendor has. Spread them into the vendor's own. */
export const commonSettings = {
  passwordCost: Type.Integer({
    minimum: 4,
    maximum: 14,
    default: 10,
    description: 'bcrypt cost of hashes made here, and of the work done for an unknown user',
  }),
  hosts: Type.Array(Type.String({ ...hostName, maxLength: 253 }), {
    default: [],
    description: 'further host names of this vendor',
  }),
  cors: Type.Union([Type.Literal('off'), Type.Literal('loopback'), Type.Literal('*')], {
    default: 'loopback',
    description: 'which browser origins may call',
  }),
  throttle: Type.Union(
    [
      Type.Literal(false),
      Type.Object(
        { limit: Type.Integer({ minimum: 1, maximum }), windowSeconds: Type.Integer({ minimum: 1, maximum }) },
        { additionalProperties: false },
      ),
    ],
    { default: false, description: 'requests an address may make within a window' },
  ),
}

export interface VendorTypes extends RealmTypes {
  settings: Static<TObject<typeof commonSettings>> & { readonly profile?: string }
}

/** A vendor's own settings, beside those that every vendor has. */
export interface SettingsSchema extends TSchema {
  static: VendorTypes['settings']
  properties: TProperties
}

/** Passwords of a fixture account. The hash is used where both are given. */
export const passwordFields = {
  password: Type.Optional(Type.String({ description: 'plain, for humans' })),
  passwordHash: Type.Optional(
    Type.String({
      pattern: '^\\$2[aby]\\$(0[4-9]|1[0-4])\\$[./A-Za-z0-9]{53}$',
      description: 'a bcrypt hash: $2a$, $2b$ or $2y$, of a cost from 4 to 14',
    }),
  ),
}

/** All settings of a vendor: those that are given, and the defaults of the rest. */
export function settingsFrom(vendor: { readonly settings: SettingsSchema }, given: object): VendorTypes['settings'] {
  const settings = Value.Default(vendor.settings, { ...given })
  Value.Assert(vendor.settings, settings)
  return settings
}

/** Profiles of a vendor's API, the default first; none, where the vendor has no setting `profile`. */
export function profilesOf({ settings }: { readonly settings: SettingsSchema }): string[] {
  const { profile } = settings.properties
  if (!TypeGuard.IsUnion(profile)) return []
  const names = profile.anyOf.filter(TypeGuard.IsLiteral).map((literal) => String(literal.const))
  return names.sort((one, other) => Number(other === profile.default) - Number(one === profile.default))
}
