import type { CredentialCase, Identity, RegisteredOperation, Sample, Vendor } from '../../src/vendors/vendor.js'
import type { Answer, Ask, Emulator } from './emulate.js'
import { anyJwt, flaws, isFlaw } from './flawed.js'

/** Somebody of a vendor, as the shipped fixtures have him. */
export interface Person extends Identity {
  /** An environment for which he can have tokens. */
  readonly environment?: string
}

/** A credential that was given by the vendor's own operations. */
export interface Given {
  readonly text: string
  /** What has to be sent with it. */
  readonly fields?: Readonly<Record<string, string>>
  /** In which headers its user logs out. */
  readonly logOut?: Readonly<Record<string, string>>
}

/** Who presents credentials in trials. */
export interface People {
  readonly who: Person
  /** What every request has in its query beside a credential. */
  readonly query?: Readonly<Record<string, string>>
  /** A tenant to which `who` does not belong, where the vendor has tenants. */
  readonly elsewhere?: string
  /** Another user, whom the fixtures do not have, and what makes an account of him. */
  readonly newcomer: Person & { readonly entry: object }
  /** Name of a vendor whose logins could be ones here; the next one, where left out. */
  readonly stranger?: string
  /** What makes an account of `who` one of `elsewhere`. */
  readonly move?: object
  /** How people get credentials that are not minted, or not as a login gives them; by kind. */
  readonly giving?: Readonly<Record<string, (trial: Trial, to: Person) => Promise<Given>>>
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

/** The sample with other values in fields that it has. */
function withThese(sample: Sample, values: Readonly<Record<string, string>>): Sample {
  const own = sample.body === undefined ? {} : fieldsOf(sample)
  const known = Object.entries(values).filter(([name]) => name in own)
  return known.length === 0 ? sample : withFields(sample, { ...own, ...Object.fromEntries(known) })
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
  #token = ''
  #last: { method: string; url: string; ask: Ask } | undefined

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

  /** The token that was presented; empty for a login. */
  get token(): string {
    return this.#token
  }

  /** The last request to the vendor. */
  get last(): { readonly method: string; readonly url: string; readonly ask: Ask } {
    if (!this.#last) throw new Error('nothing was sent')
    return this.#last
  }

  async end(): Promise<void> {
    for (const world of [this.#world, `${this.#world}-b`]) {
      await this.#emulator.ask('DELETE', `/_understudy/worlds/${world}`)
    }
  }

  /** Presents the credential in which that is wrong, and only that. */
  async perform(operation: RegisteredOperation, credential: string, wrong: CredentialCase): Promise<Answer> {
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
    const { query: always } = this.#people
    const own = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? '-'))
    const ask: Ask = {
      headers: {
        'x-understudy-world': this.#world,
        ...(contentType !== undefined && { 'content-type': contentType }),
        ...headers,
      },
      ...((query || always) && { query: { ...query, ...always } }),
      ...(body !== undefined && { body }),
    }
    this.#last = { method, url: `/${this.#vendor.name}${own}`, ask }
    return this.#emulator.ask(method, this.#last.url, ask)
  }

  /** Asks an operation for something that it has to give. */
  async logIn(id: string, who: Person): Promise<Answer> {
    const sample = this.#operations.find((operation) => operation.id === id)?.logIn?.(who)
    if (!sample) throw new Error(`${id} logs nobody in`)
    return this.call(id, sample)
  }

  async call(id: string, sample: Sample): Promise<Answer> {
    const operation = this.#operations.find((candidate) => candidate.id === id)
    if (!operation) throw new Error(`there is no operation ${id}`)
    const answer = await this.#send(operation, { headers: {}, sample })
    if (answer.status >= 400) throw new Error(`${id}: ${answer.text}`)
    return answer
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

  /** The same people in another world. */
  async #elsewhere(): Promise<Trial> {
    const settings = await this.control('GET', `/settings/${this.#vendor.name}`)
    const world = `${this.#world}-b`
    const trial = new Trial(this.#emulator, world, this.#vendor, this.#operations, this.#people, this.#stranger)
    await trial.control('PATCH', `/settings/${this.#vendor.name}`, settings)
    return trial
  }

  /** A good credential of somebody. */
  async #give(kind: string, to: Person): Promise<Given> {
    const give = this.#people.giving?.[kind]
    return give ? give(this, to) : { text: (await this.mint(this.#order(kind, to))).token }
  }

  /** The token that is wrong in that way, or will be by what happens afterwards. */
  async #credential(kind: string, wrong: CredentialCase): Promise<Given> {
    const { who, newcomer } = this.#people
    const making = this.#vendor.tokens.kinds.find(({ name }) => name === kind)
    if (!making && wrong === 'other-vendor') return this.#credential(this.#firstKind, wrong)
    const mint = async (change: object) => ({
      text: (await this.mint({ ...this.#order(kind, who), ...change })).token,
    })
    const good = () => this.#give(kind, who)
    const isJwt = making?.identifiedBy !== undefined
    const defect =
      { 'confused-algorithm': 'hs-rs-confusion', 'altered-signature': 'bad-signature' }[String(wrong)] ?? wrong
    const forged = making?.defects.find((name) => name === defect)

    switch (wrong) {
      case 'garbage':
        return { text: 'garbage' }
      case 'other-world':
        return (await this.#elsewhere()).#give(kind, who)
      case 'other-user':
        await this.#welcome()
        return this.#give(kind, newcomer)
      case 'wrong-issuer':
        return isJwt ? mint({ claims: { iss: 'https://issuer.invalid' } }) : { text: flaws[wrong](anyJwt) }
      case 'wrong-audience':
        return isJwt && !forged
          ? mint({ claims: { aud: 'somebody-else' } })
          : forged
            ? mint({ defect })
            : { text: flaws[wrong](anyJwt) }
      case 'wrong-kind': {
        const another = this.#vendor.tokens.kinds.find(({ name }) => name !== kind)
        if (!another) throw new Error(`${this.#vendor.name} has one kind of token only`)
        return this.#give(another.name, who)
      }
      default: {
        if (forged) return mint({ defect })
        if (isFlaw(wrong)) return { text: flaws[wrong](isJwt ? (await good()).text : anyJwt) }
        const given = await good()
        return wrong === 'malformed' ? { text: given.text.slice(0, given.text.length / 2) } : given
      }
    }
  }

  /** What happens to the account, the keys or the address after the token was issued. */
  async #afterwards(wrong: CredentialCase, headers: Request['headers']): Promise<void> {
    const { name, signing, states } = this.#vendor
    const { who } = this.#people
    if (wrong === 'locked-out') await this.#failToLogIn(10)
    if (wrong === 'account-deleted') await this.control('DELETE', `/accounts/${name}/${await this.#idOf(who)}`)
    if (wrong === 'account-disabled') {
      const state = Object.keys(states).find((candidate) => candidate !== 'active')
      if (!state) throw new Error(`accounts of ${name} have no other state`)
      await this.change(who, { state })
    }
    if (wrong === 'rotated-key' && signing) await this.control('POST', '/keys/rotate', { vendor: name })
    if (wrong === 'logged-out') {
      for (const operation of this.#operations.filter(({ event, events }) =>
        [event, events].flat().includes('logout'),
      )) {
        await this.#send(operation, { headers, sample: {} })
      }
    }
  }

  /** What the forge does with tokens, done to one that it does not make. */
  async #spoil(wrong: CredentialCase, token: string): Promise<void> {
    const { who, move } = this.#people
    if (wrong === 'expired') await this.control('POST', '/clock/advance', { to: { token, edge: 'after' } })
    if (wrong === 'revoked') await this.control('POST', '/tokens/revoke', { token })
    if (wrong === 'unknown-account') await this.#afterwards('account-deleted', {})
    if (wrong === 'other-tenant') {
      if (!move) throw new Error(`nobody of ${this.#vendor.name} moves to another tenant`)
      await this.change(who, move)
    }
  }

  /** Makes an account of the newcomer. */
  async #welcome(world = this.#world): Promise<void> {
    await this.control('POST', '/accounts', { vendor: this.#vendor.name, ...this.#people.newcomer.entry }, world)
  }

  /** Changes an account. */
  async change(person: Person, change: object): Promise<void> {
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
    const { text, fields = {}, logOut } = await this.#credential(kind, wrong)
    this.#token = text
    const { tenant, environment = null } = this.#people.who
    const whole = withThese(operation.sample?.({ text, tenant, environment }) ?? {}, fields)
    const isMinted = this.#vendor.tokens.kinds.some(({ name }) => name === kind)
    const present = isMinted ? this.#vendor.tokens.present(text, kind, settings) : null
    const headers = present ?? {}
    await this.#afterwards(wrong, logOut ?? present ?? (await this.#headersOfSession()))
    if (!isMinted) await this.#spoil(wrong, text)
    const bare = { headers: {}, sample: without(whole, text) }
    if (wrong === 'none') return bare
    if (wrong === 'wrong-scheme') return { ...bare, headers: { authorization: `Basic ${text}` } }
    if (wrong === 'wrong-place') return { ...bare, query: inQuery(text) }
    return { headers, sample: whole }
  }

  /** In which headers somebody logs out who holds a token that goes into no header. */
  async #headersOfSession(): Promise<Request['headers']> {
    return (await this.mint(this.#order(this.#firstKind, this.#people.who))).present ?? {}
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
        return request(logIn({ ...who, login: newcomer.login }))
      case 'wrong-scheme':
        return request(nothing, {
          authorization: `Basic ${Buffer.from(`${who.login}:${who.password}`).toString('base64')}`,
        })
      case 'wrong-place':
        return { ...request(nothing), query: fieldsOf(good) }
      case 'wrong-kind':
        return request(logIn({ ...who, password: (await this.#give(this.#firstKind, who)).text }))
      case 'account-disabled':
      case 'account-deleted':
      case 'locked-out':
        await this.#afterwards(wrong, {})
        return request(good)
      case 'throttled':
        return request(good)
      default: {
        const { text } = await this.#credential(this.#firstKind, wrong)
        const headers = { authorization: `Bearer ${text}` }
        await this.#afterwards(wrong, headers)
        return request(good, headers)
      }
    }
  }
}
