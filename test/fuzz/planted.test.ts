import type { FastifyReply, FastifyRequest } from 'fastify'
import t from 'tap'
import type { Realm } from '../../src/core/realm.js'
import { Refusal } from '../../src/core/refusal.js'
import type { Stage, Vendor, VendorTypes } from '../../src/vendors/vendor.js'
import { start } from '../support/emulate.js'
import { huntByChance } from './arbitrary-request.js'
import { type Effort, patience } from './campaign.js'
import { models } from './models/index.js'
import { huntBySchema } from './schema-request.js'
import { type Subject, subject, targets } from './subject.js'
import { huntByModel } from './walk.js'
import { huntOnTheWire } from './wire-request.js'

t.setTimeout(patience)

/** The same whatever the environment says: here it is the hunters that are tested. */
const seed = 7

type Hunter = (subject: Subject, effort: Effort) => Promise<string | null>

const hunters: Readonly<Record<'chance' | 'schema' | 'model' | 'wire', Hunter>> = {
  chance: huntByChance,
  schema: huntBySchema,
  wire: huntOnTheWire,
  model: (fuzzed, effort) => {
    const model = models[fuzzed.target.name]
    if (!model) throw new Error('nobody has written a model')
    return huntByModel(fuzzed, model, effort)
  },
}

type Types = VendorTypes

/** An object of which some members are others. */
const but = <T extends object>(whole: T, others: Partial<T>): T =>
  new Proxy(whole, {
    get: (target, name) => {
      if (name in others) return Reflect.get(others, name)
      const value = Reflect.get(target, name)
      // Private fields are the target's own.
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

/** A vendor that sees another realm than there is. */
const seeing = (vendor: Vendor, bent: (realm: Realm<Types>, request: FastifyRequest) => Realm<Types>): Vendor => ({
  ...vendor,
  routes: (app, stage) => {
    const realm: Stage<Types>['realm'] = (request) => bent(stage.realm(request), request)
    vendor.routes(app, { ...stage, realm })
  },
})

/** A vendor that does something to its answers on their way. */
const sending = (vendor: Vendor, spoil: (request: FastifyRequest, reply: FastifyReply) => void): Vendor => ({
  ...vendor,
  routes: (app, stage) => {
    app.addHook('onSend', (request, reply, _body, done) => {
      spoil(request, reply)
      done()
    })
    vendor.routes(app, stage)
  },
})

/** A vendor that reads bodies otherwise. */
const reading = (vendor: Vendor, bent: (input: unknown) => unknown): Vendor => ({
  ...vendor,
  manners: {
    ...vendor.manners,
    decode: async (body, request) => bent(await vendor.manners.decode(body, request)),
  },
})

const withRefusal = (vendor: Vendor, refuse: Partial<Vendor['refuse']>): Vendor => ({
  ...vendor,
  refuse: { ...vendor.refuse, ...refuse },
})

interface Planted {
  readonly bug: string
  readonly target: string
  readonly hunter: keyof typeof hunters
  readonly plant: (vendor: Vendor) => Vendor
  /** What is said of it. */
  readonly found: RegExp
  readonly runs?: number
}

const isPath = ({ url }: FastifyRequest, end: string): boolean => url.split('?', 1)[0]?.endsWith(end) ?? false

const planted: readonly Planted[] = [
  {
    bug: 'a token is accepted after logout',
    target: 'babelfor',
    hunter: 'model',
    plant: (vendor) =>
      seeing(vendor, (realm) => but(realm, { tokens: but(realm.tokens, { revoke: () => undefined }) })),
    found: /logout[\s\S]*the model says 401, token-revoked; the emulator 200/,
  },
  {
    bug: 'a logout ends the session and leaves its access token',
    target: 'portsip',
    hunter: 'model',
    plant: (vendor) =>
      seeing(vendor, (realm) => {
        const { tokens } = realm
        const revoke: typeof tokens.revoke = (token) => tokens.revoke({ ...token, family: null })
        return but(realm, { tokens: but(tokens, { revoke }) })
      }),
    found: /the model says 401, token-revoked|the model says 400, token-revoked/,
  },
  {
    bug: 'an expired token is accepted',
    target: 'tavio',
    hunter: 'model',
    // A login reads the clock, all others stand still.
    plant: (vendor) =>
      seeing(vendor, (realm, request) =>
        isPath(request, 'login') ? realm : realm.at({ now: start, request: 'planted' }),
      ),
    found: /later[\s\S]*the model says 401, token-expired; the emulator 200/,
  },
  {
    bug: 'a token expires a second late',
    target: 'faveo',
    hunter: 'model',
    plant: (vendor) =>
      seeing(vendor, (realm, request) =>
        isPath(request, 'user') ? realm.at({ now: realm.clock.now() - 1000, request: 'planted' }) : realm,
      ),
    found: /the model says 401, token-expired; the emulator 200|the emulator 401, token-not-yet-valid/,
  },
  {
    bug: 'a token shows the account of another',
    target: 'faveo-2',
    hunter: 'model',
    plant: (vendor) =>
      seeing(vendor, (realm) => {
        const { accounts } = realm
        return but(realm, { accounts: but(accounts, { find: () => accounts.find('1') }) })
      }),
    found: /the model says 200, no refusal, with "user_name":"banned"/,
  },
  {
    bug: 'the failures of one address lock another out',
    target: 'portsip',
    hunter: 'model',
    plant: (vendor) => ({
      ...vendor,
      routes: (app, stage) => vendor.routes(app, { ...stage, address: () => '10.0.0.1' }),
    }),
    found: /from 10\.0\.0\.2[\s\S]*account-locked/,
    runs: 4000,
  },
  {
    bug: 'a refresh token is good twice',
    target: 'portsip-22.2',
    hunter: 'model',
    plant: (vendor) =>
      seeing(vendor, (realm) => but(realm, { tokens: but(realm.tokens, { revoke: () => undefined }) })),
    found: /token-revoked; the emulator 20\d/,
  },
  {
    bug: 'a disabled account logs in',
    target: 'thiio',
    hunter: 'model',
    plant: (vendor) =>
      seeing(vendor, (realm) => {
        const { accounts } = realm
        const findByLogin: typeof accounts.findByLogin = (login) => {
          const account = accounts.findByLogin(login)
          return account && but(account, { state: 'active' })
        }
        return but(realm, { accounts: but(accounts, { findByLogin }) })
      }),
    found: /account-inactive; the emulator 200, no refusal/,
  },
  {
    bug: 'a wrong status',
    target: 'tavio',
    hunter: 'model',
    plant: (vendor) =>
      withRefusal(vendor, {
        'not-a-member': (facts, scene) => vendor.refuse['unknown-account']({ login: facts.account }, scene),
      }),
    found: /the model says 404, not-a-member; the emulator 401, not-a-member/,
  },
  {
    bug: 'an undeclared field in an answer',
    target: 'babelfor',
    hunter: 'schema',
    plant: (vendor) => ({
      ...vendor,
      manners: {
        ...vendor.manners,
        serialise: (body, settings) => vendor.manners.serialise({ ...Object(body), debug: 1 }, settings),
      },
    }),
    found: /must NOT have additional properties/,
  },
  {
    bug: 'a member that is required may be left out',
    target: 'tavio',
    hunter: 'schema',
    plant: (vendor) =>
      reading(vendor, (input) => ({ username: 'john.doe', password: 'john.doe.password', ...Object(input) })),
    found: /accepted without (username|password)/,
  },
  {
    bug: 'a valid value is refused',
    target: 'babelfor',
    hunter: 'schema',
    plant: (vendor) =>
      reading(vendor, (input) => {
        if (Object(Object(input).user).rank < 0) throw new Refusal('invalid-input', { problems: [] })
        return input
      }),
    found: /valid, and refused: POST \/babelfor\/v1\/auth\/user/,
  },
  {
    bug: 'an operation forgets to ask for a token',
    target: 'thiio',
    hunter: 'schema',
    plant: (vendor) => ({
      ...vendor,
      routes: (app, stage) => {
        app.addHook('onRequest', (request, _reply, done) => {
          if (!isPath(request, 'check') || request.headers.authorization !== undefined) return done()
          return app
            .inject({
              method: 'POST',
              url: `/thiio${vendor.login.path}`,
              headers: { 'content-type': 'application/json' },
              payload: vendor.login.body,
            })
            .then(({ payload }) => {
              request.headers.authorization = `Bearer ${JSON.parse(payload).data.token}`
              done()
            }, done)
        })
        vendor.routes(app, stage)
      },
    }),
    found: /accepted without a credential/,
  },
  {
    bug: 'a 500 for a member that is no text',
    target: 'tavio',
    hunter: 'schema',
    plant: (vendor) =>
      reading(vendor, (input) => {
        const { username = '' } = Object(input)
        return username === null ? input : { ...Object(input), username: username.trim() }
      }),
    found: /TypeError: username\.trim is not a function/,
  },
  {
    bug: 'a 500 for a prototype key',
    target: 'portsip-22.2',
    hunter: 'chance',
    plant: (vendor) =>
      reading(vendor, (input) => {
        if (['constructor', 'prototype', 'toString'].some((key) => Object.hasOwn(Object(input), key)))
          throw new TypeError('a poisoned prototype')
        return input
      }),
    found: /TypeError: a poisoned prototype/,
  },
  {
    bug: 'a status that is not declared',
    target: 'faveo-1.9',
    hunter: 'chance',
    plant: (vendor) =>
      withRefusal(vendor, {
        'token-malformed': (facts, scene) => ({ ...vendor.refuse['token-malformed'](facts, scene), status: 418 }),
      }),
    found: /status 418 is not declared/,
  },
  {
    bug: 'an answer that claims too much evidence',
    target: 'thiio',
    hunter: 'chance',
    plant: (vendor) =>
      withRefusal(vendor, {
        'token-missing': (facts, scene) => ({ ...vendor.refuse['token-missing'](facts, scene), evidence: 'seed' }),
      }),
    found: /is not declared to be documented/,
  },
  {
    bug: 'a stack trace in a message',
    target: 'thiio',
    hunter: 'chance',
    plant: (vendor) =>
      withRefusal(vendor, {
        'invalid-input': (facts, scene) => {
          const { body, ...rest } = vendor.refuse['invalid-input'](facts, scene)
          const { stack } = new Error('validation')
          return { ...rest, body: JSON.stringify({ ...JSON.parse(body), message: stack }) }
        },
      }),
    found: /a stack trace/,
  },
  {
    bug: 'another media type',
    target: 'tavio',
    hunter: 'chance',
    plant: (vendor) => ({ ...vendor, manners: { ...vendor.manners, contentType: 'text/html' } }),
    found: /with text\/html is not declared/,
  },
  {
    bug: 'a header that the query brings along',
    target: 'faveo',
    hunter: 'chance',
    plant: (vendor) =>
      sending(vendor, ({ url }, reply) => {
        const [, name, value] = /%0[dD]%0[aA]([\w-]+)%3[aA]%20(\w+)/.exec(url) ?? []
        if (name !== undefined) reply.header(name, value)
      }),
    found: /a header that the request brought along/,
  },
  {
    bug: 'a header of the request goes into the answer',
    target: 'tavio',
    hunter: 'wire',
    plant: (vendor) =>
      sending(vendor, ({ headers }, reply) => {
        if ('x-injected' in headers) reply.header('x-injected', String(headers['x-injected']))
      }),
    found: /a header that the request brought along/,
  },
]

for (const { bug, target: name, hunter, plant, found, runs = 1500 } of planted) {
  t.test(`${name}, by ${hunter}: ${bug}`, async (t) => {
    const target = targets.find((candidate) => candidate.name === name)
    if (!target) return t.fail('no such target')
    const fuzzed = await subject(target, { vendor: plant(target.vendor) })
    t.teardown(() => fuzzed.app.close())
    return t.match(await hunters[hunter](fuzzed, { runs, seed, isHasty: true }), found)
  })
}

t.test('a counter-example is a short list of what was done', async (t) => {
  const [{ target: name = '', plant = (vendor: Vendor) => vendor } = {}] = planted
  const target = targets.find((candidate) => candidate.name === name)
  const model = models[name]
  if (!target || !model) return t.fail('no such target')
  const fuzzed = await subject(target, { vendor: plant(target.vendor) })
  t.teardown(() => fuzzed.app.close())
  const found = await huntByModel(fuzzed, model, { runs: 1500, seed })
  // A login, a logout and a use of the token; before them perhaps what a reset would have spared.
  const steps = found?.split('\n').filter((line) => /^\d+\. /.test(line)) ?? []
  t.ok(steps.length >= 3 && steps.length <= 5, found ?? 'nothing was found')
  return t.match(steps.at(0), /^1\. \w+ logs in from 10\.0\.0\.\d with \w+ \(POST \/babelfor\/v1\/auth\/login\)$/)
})
