import type { CredentialCase, Identity, RegisteredOperation, Sample, Vendor } from '../../src/vendors/vendor.js'
import type { Answer, Emulator } from './emulate.js'
import { anyJwt, flaws, isFlaw } from './flawed.js'

/** Somebody of a vendor, as the shipped fixtures have him. */
export interface Person extends Identity {
  /** An environment for which he can have tokens. */
  readonly environment?: string
}

/** Who presents credentials in trials. */
export interface People {
  readonly who: Person
  /** A tenant to which `who` does not belong, where the vendor has tenants. */
  readonly elsewhere?: string
  /** Another user, whom the fixtures do not have, and what makes an account of him. */
  readonly newcomer: Person & { readonly entry: object }
}

/** A request that is not sent yet. */
interface Request {
  readonly headers: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly sample: Sample
}

/** The names under which a client could put a token into a query. */
const inQuery = (token: string) => ({ token, access_token: token, api_key: token, apiKey: token })

/** The fields of a body, whatever form it has. */
function fieldsOf({ body = '', contentType = '' }: Sample): Record<string, string> {
  return contentType.includes('json') ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body))
}

function withFields(sample: Sample, fields: Record<string, string>): Sample {
  if (sample.body === undefined) return sample
  const isJson = sample.contentType?.includes('json')
  return { ...sample, body: isJson ? JSON.stringify(fields) : new URLSearchParams(fields).toString() }
}

/** The sample without the fields that carry a text. */
const without = (sample: Sample, ...texts: readonly string[]): Sample =>
  sample.body === undefined
    ? sample
    : withFields(
        sample,
        Object.fromEntries(Object.entries(fieldsOf(sample)).filter(([, value]) => !texts.includes(value))),
      )

/** A world of its own, in which one wrong credential is presented to one operation. */
export class Trial {
  readonly #emulator: Emulator
  readonly #world: string
  readonly #vendor: Vendor
  readonly #operations: readonly RegisteredOperation[]
  readonly #people: People
  readonly #stranger: Person

  /** The stranger is somebody of another vendor. */
  constructor(
    emulator: Emulator,
    world: string,
    vendor: Vendor,
    operations: readonly RegisteredOperation[],
    people: People,
    stranger: Person,
  ) {
    this.#emulator = emulator
    this.#world = world
    this.#vendor = vendor
    this.#operations = operations
    this.#people = people
    this.#stranger = stranger
  }

  /** A control request that has to succeed. */
  async control(method: string, path: string, body?: object, world = this.#world) {
    const headers = { 'x-understudy-world': world }
    const answer = await this.#emulator.ask(method, `/_understudy${path}`, { headers, ...(body && { body }) })
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.text}`)
    return answer.status === 204 ? undefined : answer.json
  }

  /** What the last request was refused for, by the journal; `null`: for nothing. */
  async refusal(): Promise<string | null> {
    const { items } = await this.control('GET', '/requests')
    return items.at(-1)?.refusal?.code ?? null
  }

  async end(): Promise<void> {
    for (const world of [this.#world, `${this.#world}-b`]) {
      await this.#emulator.ask('DELETE', `/_understudy/worlds/${world}`)
    }
  }

  /** Presents the credential in which that is wrong, and only that. */
  async perform(operation: RegisteredOperation, credential: string, wrong: CredentialCase): Promise<Answer> {
    if (wrong === 'locked-out') await this.#failToLogIn(10)
    const request =
      credential === 'login'
        ? await this.#loginWith(operation, wrong)
        : await this.#tokenWith(operation, credential === 'none' ? this.#firstKind : credential, wrong)
    if (wrong === 'throttled') await this.#exhaust(operation)
    return this.#send(operation, request)
  }

  get #firstKind(): string {
    return this.#vendor.tokens.kinds[0].name
  }

  #send({ method, path }: RegisteredOperation, { headers, query, sample }: Request): Promise<Answer> {
    const { params = {}, body, contentType } = sample
    const own = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? '-'))
    return this.#emulator.ask(method, `/${this.#vendor.name}${own}`, {
      headers: {
        'x-understudy-world': this.#world,
        ...(contentType !== undefined && { 'content-type': contentType }),
        ...headers,
      },
      ...(query && { query }),
      ...(body !== undefined && { body }),
    })
  }

  #logInOperation(): RegisteredOperation & Required<Pick<RegisteredOperation, 'logIn'>> {
    const { path } = this.#vendor.login
    const matches = (operation: RegisteredOperation) =>
      new RegExp(`^${operation.path.replace(/:\w+/g, '[^/]+')}$`).test(path)
    const found = this.#operations.find((operation) => operation.logIn && matches(operation))
    if (!found?.logIn) throw new Error(`no operation of ${this.#vendor.name} logs anybody in`)
    return { ...found, logIn: found.logIn }
  }

  async #failToLogIn(times: number): Promise<void> {
    const operation = this.#logInOperation()
    const sample = operation.logIn({ ...this.#people.who, password: 'nobody’s' })
    for (let turn = 0; turn < times; turn++) await this.#send(operation, { headers: {}, sample })
  }

  /** Uses up what the throttle lets through, with requests that carry no credential. */
  async #exhaust(operation: RegisteredOperation): Promise<void> {
    await this.control('PATCH', `/settings/${this.#vendor.name}`, { throttle: { limit: 60, windowSeconds: 60 } })
    for (let turn = 0; turn < 60; turn++) await this.#send(operation, { headers: {}, sample: {} })
  }

  async mint(order: object, world = this.#world): Promise<{ token: string; present: Record<string, string> | null }> {
    return this.control('POST', '/tokens', { vendor: this.#vendor.name, ...order }, world)
  }

  /** An order for a token of somebody. */
  #order(kind: string, { login, tenant, environment }: Person) {
    const needsEnvironment = this.#vendor.tokens.kinds.find(({ name }) => name === kind)?.inEnvironment
    return { account: login, kind, ...(tenant && { tenant }), ...(needsEnvironment && { environment }) }
  }

  /** The text of the token that is wrong in that way. */
  async #text(kind: string, wrong: CredentialCase): Promise<string> {
    const { who, newcomer } = this.#people
    const order = this.#order(kind, who)
    const mint = async (change: object = {}) => (await this.mint({ ...order, ...change })).token
    const making = this.#vendor.tokens.kinds.find(({ name }) => name === kind)
    if (!making) throw new Error(`${this.#vendor.name} has no tokens of the kind ${kind}`)
    const isJwt = making.identifiedBy !== undefined
    const defect =
      { 'confused-algorithm': 'hs-rs-confusion', 'altered-signature': 'bad-signature' }[String(wrong)] ?? wrong
    const forged = making.defects.find((name) => name === defect)

    switch (wrong) {
      case 'garbage':
        return 'garbage'
      case 'other-world':
        return (await this.mint(order, `${this.#world}-b`)).token
      case 'other-user':
        await this.#welcome()
        return (await this.mint(this.#order(kind, newcomer))).token
      case 'wrong-issuer':
        return isJwt ? mint({ claims: { iss: 'https://issuer.invalid' } }) : flaws[wrong](anyJwt)
      case 'wrong-audience':
        return isJwt && !forged
          ? mint({ claims: { aud: 'somebody-else' } })
          : forged
            ? mint({ defect })
            : flaws[wrong](anyJwt)
      case 'wrong-kind': {
        const another = this.#vendor.tokens.kinds.find(({ name }) => name !== kind)
        if (!another) throw new Error(`${this.#vendor.name} has one kind of token only`)
        return (await this.mint(this.#order(another.name, who))).token
      }
      default:
        if (forged) return mint({ defect })
        return isFlaw(wrong) ? flaws[wrong](isJwt ? await mint() : anyJwt) : mint()
    }
  }

  /** What happens to the account or the keys after the token was issued. */
  async #afterwards(wrong: CredentialCase, credential: Request): Promise<void> {
    const { name, signing, states } = this.#vendor
    const { who } = this.#people
    if (wrong === 'account-deleted') await this.control('DELETE', `/accounts/${name}/${await this.#idOf(who)}`)
    if (wrong === 'account-disabled') {
      await this.#change(who, { state: Object.keys(states).find((candidate) => candidate !== 'active') })
    }
    if (wrong === 'rotated-key' && signing) await this.control('POST', '/keys/rotate', { vendor: name })
    if (wrong === 'logged-out') {
      for (const operation of this.#operations.filter(({ event, events }) =>
        [event, events].flat().includes('logout'),
      )) {
        await this.#send(operation, { ...credential, sample: {} })
      }
    }
  }

  /** Makes an account of the newcomer. */
  async #welcome(world = this.#world): Promise<void> {
    await this.control('POST', '/accounts', { vendor: this.#vendor.name, ...this.#people.newcomer.entry }, world)
  }

  async #change(person: Person, change: object): Promise<void> {
    await this.control('PATCH', `/accounts/${this.#vendor.name}/${await this.#idOf(person)}`, change)
  }

  async #idOf({ login, tenant }: Person): Promise<string> {
    const { items } = await this.control('GET', `/accounts?vendor=${this.#vendor.name}`)
    const found = items.find(
      ({ logins, profile }: { logins: string[]; profile: { domain?: string } }) =>
        logins.includes(login) && (profile.domain === undefined || profile.domain === tenant),
    )
    if (!found) throw new Error(`${this.#vendor.name} has no account ${login}`)
    return found.id
  }

  async #tokenWith(operation: RegisteredOperation, kind: string, wrong: CredentialCase): Promise<Request> {
    const settings = await this.control('GET', `/settings/${this.#vendor.name}`)
    const text = await this.#text(kind, wrong)
    const { tenant, environment = null } = this.#people.who
    const whole = operation.sample?.({ text, tenant, environment }) ?? {}
    const present = this.#vendor.tokens.present(text, kind, settings)
    const headers = present ?? {}
    const request = { headers, sample: whole }
    await this.#afterwards(wrong, request)
    const bare = { headers: {}, sample: without(whole, text) }
    if (wrong === 'none') return bare
    if (wrong === 'wrong-scheme') return { ...bare, headers: { authorization: `Basic ${text}` } }
    if (wrong === 'wrong-place') return { ...bare, query: inQuery(text) }
    return request
  }

  async #loginWith({ logIn }: RegisteredOperation, wrong: CredentialCase): Promise<Request> {
    const { who, elsewhere, newcomer } = this.#people
    if (!logIn) throw new Error('this operation logs nobody in')
    const request = (sample: Sample, headers = {}): Request => ({ headers, sample })
    const good = logIn(who)
    const nothing = without(good, who.login, who.password)
    switch (wrong) {
      case 'none':
        return request(nothing)
      case 'garbage':
        return request(logIn({ ...who, password: 'garbage' }))
      case 'malformed':
        return request({ ...good, body: good.body?.slice(0, -3) ?? '' })
      case 'other-vendor':
        return request(logIn({ ...this.#stranger, tenant: who.tenant }))
      case 'other-tenant':
        return request(logIn({ ...who, tenant: elsewhere ?? null }))
      case 'other-world':
        await this.#welcome(`${this.#world}-b`)
        return request(logIn(newcomer))
      case 'other-user':
        await this.#welcome()
        return request(logIn({ ...who, password: newcomer.password }))
      case 'unknown-account':
        return request(logIn({ ...who, login: 'nobody@example.com' }))
      case 'wrong-scheme':
        return request(nothing, {
          authorization: `Basic ${Buffer.from(`${who.login}:${who.password}`).toString('base64')}`,
        })
      case 'wrong-place':
        return { ...request(nothing), query: fieldsOf(good) }
      case 'wrong-kind':
        return request(logIn({ ...who, password: await this.#text(this.#firstKind, 'none') }))
      case 'account-disabled':
      case 'account-deleted':
        await this.#afterwards(wrong, request(good))
        return request(good)
      case 'locked-out':
      case 'throttled':
        return request(good)
      default: {
        const text = await this.#text(this.#firstKind, wrong)
        const beside = request(good, { authorization: `Bearer ${text}` })
        await this.#afterwards(wrong, beside)
        return beside
      }
    }
  }
}
