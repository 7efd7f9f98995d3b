import type {} from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { Static, TObject, TSchema } from '@sinclair/typebox'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { Account, NewAccount } from '../core/account.js'
import type { Claimant } from '../core/claimant.js'
import type { TokenMaking } from '../core/making.js'
import type { AccountState, LoginName } from '../core/ports.js'
import type { Realm } from '../core/realm.js'
import type { Refusal, RefusalCode, Refusals } from '../core/refusal.js'
import type { Ground, WeakerCase } from './evidence.js'
import type { Treatment } from './matrix.js'
import type { SettingsSchema, VendorTypes } from './settings.js'

export { accountSchema, changeAccount, createAccount } from './account.js'
export {
  assumptions,
  type Evidence,
  type Ground,
  isWeaker,
  levels,
  lower,
  ours,
  type WeakerCase,
  weakest,
} from './evidence.js'
export { type Expectation, findExpectation } from './expectation.js'
export {
  type Accepted,
  accepted,
  always,
  besideLogin,
  type CredentialCase,
  credentialCases,
  type Inapplicable,
  inapplicable,
  notOpaque,
  type Outcome,
  type Outcomes,
  type Treatment,
  weakened,
} from './matrix.js'
export {
  type Answer,
  answerUnder,
  type DomainEvent,
  domainEvents,
  type Identity,
  type Operation,
  type Presented,
  type RegisteredOperation,
  type Sample,
} from './operation.js'
export {
  commonSettings,
  passwordFields,
  profilesOf,
  type SettingsSchema,
  settingsFrom,
  type VendorTypes,
} from './settings.js'

/** Where and when a refusal is being worded. */
export interface Scene<S = unknown> {
  readonly method: string
  /** The vendor's own path, without prefix, world or query. */
  readonly path: string
  /** Id of the operation that was asked, however its path was spelled; `null`: none of the vendor. */
  readonly operation: string | null
  /** Epoch milliseconds. */
  readonly now: number
  readonly settings: S
}

/** An error in the vendor's words. An empty body is sent without a content type. */
export interface WireError extends Ground {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string | number>>
  /** Parts that no source states and that were decided here. */
  readonly assumed?: readonly string[]
}

/** The vendor's wording of every refusal. Leave one out and the compiler says so. */
export type RefusalTable<S> = {
  readonly [C in RefusalCode]: (facts: Refusals[C], scene: Scene<S>) => WireError
}

export const word = <C extends RefusalCode, S>(
  table: RefusalTable<S>,
  { code, facts }: Refusal<C>,
  scene: Scene<S>,
): WireError => table[code](facts, scene)

/** The bytes of a request body before any vendor has read them. */
export interface RawBody {
  /** The Content-Type header, lower case, without parameters; `''` where there is none. */
  readonly mediaType: string
  /** The header as it was sent. */
  readonly contentType: string
  readonly bytes: Buffer
}

/** What a vendor's HTTP layer does on its own, whatever the operation. */
export interface Manners<S> {
  /** `HEAD` is answered like `GET` without a body, or like any method that the path does not have. */
  readonly head: 'as-get' | 'refused'
  /** Whether one trailing slash is ignored. */
  readonly trailingSlash: boolean
  readonly caseInsensitivePaths: boolean
  /** The media type of a body, charset included where the vendor sends one. */
  readonly contentType: string
  /** Headers on every answer. */
  readonly headers?: Readonly<Record<string, string>>
  /** Headers on answers while a throttle is on. */
  throttleHeaders?(limit: number, remaining: number): Readonly<Record<string, string>>
  /** Turns the request into the input that schemas and handlers see. May throw refusals about the body. */
  decode(body: RawBody, request: FastifyRequest): unknown
  /** Whether a body on GET is read and decoded too. */
  readonly bodyOnGet?: boolean
  serialise(body: unknown, settings: S): string
}

/** What a route may ask of the emulator around it. */
export interface Stage<T extends VendorTypes> {
  realm(request: FastifyRequest): Realm<T>
  /** The client's address: of the socket, whatever a proxy header says. */
  address(request: FastifyRequest): string
  /** The URL as the client wrote it, prefix and all, without query. */
  url(request: FastifyRequest): string
  /** The `Path` of a cookie: where this vendor is mounted for this client. */
  cookiePath(request: FastifyRequest): string
  secure(request: FastifyRequest): boolean
  /** Says that this is a case in which the answer, whichever it becomes, rests on no better evidence. */
  weaken(request: FastifyRequest, weaker: WeakerCase): void
}

/** A request as its sender wrote it, for those who look at it without answering it. */
export interface Sent {
  /** `null`: no operation of the vendor. */
  readonly operation: string | null
  readonly headers: FastifyRequest['headers']
  /** The vendor's own path with its query, as the client wrote it. */
  readonly path: string
  /** As the vendor decoded it; `undefined` where it was never read. */
  readonly body: unknown
}

export type VendorApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export type SecurityScheme =
  | { readonly type: 'http'; readonly scheme: string; readonly bearerFormat?: string }
  | { readonly type: 'apiKey'; readonly in: 'header' | 'query' | 'cookie'; readonly name: string }

export interface Vendor<A extends TObject = TObject, F extends TObject = TObject, T extends VendorTypes = VendorTypes> {
  /** The prefix of its paths, the name of its fixture. */
  readonly name: string
  readonly title: string
  /** The vendor's documentation. */
  readonly reference: string
  /** What is emulated, in a sentence. */
  readonly summary: string
  /** The vendor's real host names; `*.` stands for one label. */
  readonly hosts: readonly string[]
  /** A login that works with the shipped fixture, for the README. */
  readonly login: {
    readonly path: string
    readonly contentType: string
    readonly body: string
  }
  readonly settings: SettingsSchema
  /** An account in the fixture, beside `password` and `passwordHash`. */
  readonly account: A
  /** What a fixture holds beside settings and accounts. */
  readonly facts: F
  /** What signs this vendor's tokens; left out where they are opaque. An RSA key must be named by the fixture. */
  readonly signing?: 'RS256' | 'HS256'
  /** The schema of every JSON body that a refusal can have. */
  readonly errors: TSchema
  /** The same by profile, where a profile has bodies of its own. */
  readonly errorsUnder?: Readonly<Record<string, TSchema>>
  /** OpenAPI security schemes, by the names that the routes' `security` uses. */
  readonly security: Readonly<Record<string, SecurityScheme>>
  /**
   * Under which names secrets stand in bodies and queries, in any letter case: `password`, or `operation.name` where a
   * name is secret in that operation only. What looks like the name of a secret goes without saying; `name{}` where such a
   * name stands for an object that has more than secrets.
   */
  readonly secrets: readonly string[]
  readonly unbuilt: readonly { readonly operation: string; readonly why: string }[]
  readonly manners: Manners<T['settings']>
  readonly refuse: RefusalTable<T['settings']>
  /** What the realm keeps of a fixture's `facts`. */
  furnish(facts: Static<F>): T['facts']
  /**
   * The account that an entry describes; where it changes one, that is `known`. What is left out is drawn or has its
   * default. Throws `ImpossibleAccount`.
   */
  accountFrom(
    entry: Static<A>,
    realm: Realm<T>,
    known?: Account<T['profile']>,
  ): Omit<NewAccount<T['profile']>, 'passwordHash'>
  /** The entry that describes an account as it stands; without the times, which the core keeps. */
  entryOf(account: Account<T['profile']>): Static<A>
  /**
   * Gives the account of that id what an entry holds beside the account. Where the entry follows another that the account
   * had, only what differs is given, changed or taken back. Throws `ImpossibleAccount`.
   */
  endow?(id: string, entry: Partial<Static<A>>, realm: Realm<T>, before?: Partial<Static<A>>): void
  /** The states that an account can have, and the fields that put it there at an instant. */
  readonly states: { readonly [S in AccountState]?: (now: number) => Partial<Static<A>> }
  /** The login names that a person may mean by `name`, folded as this vendor compares them. */
  loginsNamed(name: string): readonly Pick<LoginName, 'kind' | 'key'>[]
  /**
   * Whom a request claims to come from, by the login or the tokens that it presents where this vendor looks for them.
   * Nothing is judged: the password may be wrong, the token expired or forged.
   */
  claimant(sent: Sent, realm: Realm<T>): Claimant
  readonly tokens: TokenMaking<T>
  /** What becomes of every wrong credential at every operation: a promise that `test/matrix` performs. */
  matrix(settings: T['settings']): readonly Treatment[]
  /** Registers the operations: schema, `config.operation` and handler of each. */
  routes(app: VendorApp, stage: Stage<T>): void
}

/**
 * Checks a vendor against its own types and then forgets them, so that vendors of all types stand in one registry.
 * Sound, because a vendor is only ever handed fixtures that its schema accepted and realms that it furnished itself.
 */
export const defineVendor = <A extends TObject, F extends TObject, T extends VendorTypes>(vendor: Vendor<A, F, T>) =>
  vendor as unknown as Vendor
